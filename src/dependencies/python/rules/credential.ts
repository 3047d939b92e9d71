import type { OpenAddress } from '../../credentials.ts';
import type { DependencyFinding } from '../../policy.ts';
import { repositorySystem } from '../format/addresses.ts';
import type { Reading } from '../requirements.ts';
import { quote } from './rule.ts';

/**
 * Tokens and passwords in addresses, of an option as well as of a requirement. The installed packages are the same, so the loosest
 * level lets them pass and the default configuration warns.
 *
 * exact refuses: `--index-url https://user:password@host/simple`, `pkg @ git+https://token@host/pkg@COMMIT`
 * allowed: `git@`; `${NAME}`, of which another rule has more to say
 */
export function* credentials({
  reading,
}: {
  readonly reading: Pick<Reading, 'credentials'>;
}): Generator<DependencyFinding> {
  for (const { address, ...place } of reading.credentials) yield { ...place, ...aboutCredential(address) };
}

/** What is reported of an address with a credential, in whatever file it stands. */
export const aboutCredential = ({
  shown,
  scheme,
}: OpenAddress): Pick<DependencyFinding, 'code' | 'level' | 'spec' | 'problem' | 'fix'> => ({
  code: 'credential-in-source',
  level: 'exact',
  spec: shown,
  problem: `${quote(shown)} holds a credential, and whoever can read the source can read it`,
  fix:
    repositorySystem(scheme) === undefined
      ? 'have it replaced, and put the new one into pip.conf of a Secret that buildless.dev/registry names'
      : 'have it replaced, and take a released version from an index; pip.conf of a Secret that buildless.dev/registry names may hold its credential',
});
