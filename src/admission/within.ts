import type { Finding } from '../outcome/finding.ts';

/**
 * Findings of a template with their fields as the object around it has them.
 *
 * @param field of the template, e.g. `spec.template`; empty for a Pod
 */
export function within<Code extends string>(
  field: string,
  findings: readonly Finding<Code>[],
): readonly Finding<Code>[] {
  return findings.map((finding) =>
    finding.field !== undefined && /^(metadata|spec)\b/.test(finding.field) && field !== ''
      ? { ...finding, field: `${field}.${finding.field}` }
      : finding,
  );
}
