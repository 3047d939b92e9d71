import type { Finding, Warning } from '../outcome/finding.ts';

/** What a dry run refuses, and what it only warns of. */
export interface DryRunOutcome {
  readonly findings: readonly Finding[];
  readonly warnings: readonly Warning[];
}

/**
 * `kubectl diff` and `--dry-run=server` store nothing: of a ConfigMap and a Pod that are applied together, the Pod never sees
 * the ConfigMap. So a source that is missing is a warning, as it is for the template of a Deployment.
 */
export const inDryRun = (findings: readonly Finding[]): DryRunOutcome => ({
  findings: findings.filter(({ code }) => code !== 'source-not-found'),
  warnings: findings.flatMap((finding) =>
    finding.code === 'source-not-found'
      ? [
          {
            ...finding,
            code: 'source-missing-yet',
            fix: 'no action needed if the same command creates it; without it the Pod is refused',
          },
        ]
      : [],
  ),
});
