import type { DependencyFinding } from '../../policy.ts';
import { quote } from './advice.ts';

/**
 * What is reported of an address with a credential. The installed packages are the same, so the loosest level lets it pass and the
 * default configuration warns.
 */
export const aboutCredential = (
  address: string,
): Pick<DependencyFinding, 'code' | 'level' | 'spec' | 'problem' | 'fix'> & { readonly spec: string } => ({
  code: 'credential-in-source',
  level: 'exact',
  spec: address,
  problem: `${quote(address)} holds a credential, and whoever can read the source can read it`,
  fix: 'have it replaced, and take the package from a registry, whose credential belongs in .npmrc of a Secret that buildless.dev/registry names',
});
