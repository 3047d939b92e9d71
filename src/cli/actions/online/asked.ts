import type { Configuration } from '../../../config/configuration.ts';
import type { Finding } from '../../../outcome/finding.ts';
import type { ReleaseRules } from '../../../release-rules/rules.ts';

/**
 * What the registries are asked for: a Function here has no revision before, so that it can lose no provenance, and without the
 * controller's locks nobody asks a registry in the cluster either.
 */
export function askedOnline(
  { age, licences }: ReleaseRules = {},
  { revisions }: Pick<Configuration, 'revisions'>,
): ReleaseRules | undefined {
  if (revisions.locks !== 'cluster' || (age === undefined && licences === undefined)) return undefined;
  return { ...(age !== undefined && { age }), ...(licences !== undefined && { licences }) };
}

type ReportedRelease = Finding<string> & { readonly package?: string; readonly version?: string };

/** Equal for what the lock alone, and a registry, say of one version. */
export const keyOfRelease = ({ code, package: name = '', version = '' }: ReportedRelease): string =>
  `${code} ${name} ${version}`;
