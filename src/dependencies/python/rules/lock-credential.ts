import { openAddresses } from '../../credentials.ts';
import { aboutCredential } from './credential.ts';
import { aboutLocked, type LockRule } from './lock.ts';

/** Tokens and passwords in the addresses of a pylock.toml; each host once, at the first package that names it. */
export const lockCredentials: LockRule = function* ({ lock }) {
  const seen = new Set<string>();
  for (const locked of lock.packages) {
    const addresses = [locked.index, locked.repository?.url, ...locked.files.map(({ url }) => url)];
    for (const address of addresses.flatMap((url) => (url === undefined ? [] : [...openAddresses(url)]))) {
      if (seen.has(address.host)) continue;
      seen.add(address.host);
      const { code, ...words } = aboutCredential(address);
      yield aboutLocked(locked, words, code);
    }
  }
};
