import type { Table } from '../format/toml.ts';
import { HASH_DIGITS } from '../requirements.ts';
import { aboutLocked, type LockRule } from './lock.ts';

/** Every file of a pylock.toml has a sha256, sha384 or sha512 hash: the installer checks each file against them. */
export const lockHashes: LockRule = function* ({ lock }) {
  for (const locked of lock.packages) {
    const unhashed = locked.files.filter(({ hashes }) => !hasHash(hashes));
    const [first] = unhashed;
    if (first === undefined) continue;
    yield aboutLocked(
      locked,
      {
        level: 'no-latest',
        problem: `${first.title} of ${locked.name} has no usable hash${unhashed.length > 1 ? `, and ${unhashed.length - 1} more of its files have none` : ''}`,
        fix: 'write the file again, with sha256 hashes',
      },
      'dependencies-invalid',
    );
  }
};

const hasHash = (hashes: Table): boolean =>
  Object.entries(HASH_DIGITS).some(([algorithm, digits]) => {
    const hash = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
    return typeof hash === 'string' && hash.length === digits && /^[0-9a-f]*$/i.test(hash);
  });
