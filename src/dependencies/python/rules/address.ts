import { withoutFragment } from '../format/addresses.ts';
import { ADDRESS_HASH, HASH_DIGITS } from '../requirements.ts';
import { aboutRequirement, quote, type Rule } from './rule.ts';

/**
 * Files at an address (http, https, ftp), by requirements and constraints.
 *
 * no-latest refuses: `pkg @ https://host/pkg.whl`, a hash of md5 or sha1, which can be forged, and one in the query
 * allowed: `#sha256=` (384, 512) behind the address, or `--hash`
 */
export const addresses: Rule = function* ({ reading }) {
  for (const requirement of reading.requirements) {
    if (requirement.target.kind !== 'address') continue;
    const { url } = requirement.target;
    if (ADDRESS_HASH.test(withoutFragment(url))) {
      yield aboutRequirement(requirement, {
        level: 'no-latest',
        problem: `${quote(requirement.text)} has its hash in the query, where pip checks it and other installers do not`,
        fix: 'write the hash behind "#", such as #sha256=HASH, or as --hash=sha256:HASH',
      });
      continue;
    }
    if (requirement.hashes.length > 0) continue;
    const [, algorithm, digest = ''] = ADDRESS_HASH.exec(url) ?? [];
    const digits = algorithm === undefined ? undefined : HASH_DIGITS[algorithm];
    if (digits === digest.length && /^[0-9a-f]*$/i.test(digest)) continue;
    yield aboutRequirement(requirement, {
      level: 'no-latest',
      problem: `${quote(requirement.text)} ${problemOf(algorithm, digits)}`,
      fix: 'add --hash=sha256: and the hash of the file ("pip hash FILE" prints it), or take a version from an index with ==',
    });
  }
};

function problemOf(algorithm: string | undefined, digits: number | undefined): string {
  if (algorithm === undefined) return 'has no hash, so whatever lies at the address when a Pod starts is installed';
  if (digits === undefined) return `has only a ${algorithm} hash, which another file can be made to have`;
  return `has no whole ${algorithm} hash: it is ${digits} hexadecimal digits long`;
}
