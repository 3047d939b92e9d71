import { resolveInside } from '../format/paths.ts';
import { isAllowedHost, isAllowedIndex } from './indexes.ts';
import { aboutLocked, type LockRule } from './lock.ts';
import { parseAddress } from '../format/addresses.ts';
import { quote } from './rule.ts';

/**
 * Where the files of a pylock.toml come from. Each index and host is reported once, at the first package that names it.
 *
 * no-latest refuses: an `index` or the host of a `url` that is neither the public index's nor one of `dependencies.registries.python`; an
 *   archive or folder outside the source
 */
export const lockSources: LockRule = function* ({ lock, settings }) {
  const seen = new Set<string>();
  for (const locked of lock.packages) {
    const { index } = locked;
    if (index !== undefined && !seen.has(index)) {
      seen.add(index);
      if (!isAllowedIndex(index, settings)) yield aboutLocked(locked, refusal(`the index ${quote(index)}`));
    }
    // An archive is the author's own choice of an address, as `NAME @ URL` is, and its hash fixes it.
    for (const { url } of locked.archive ? [] : locked.files) {
      if (url === undefined) continue;
      const { host } = parseAddress(url);
      if (seen.has(host)) continue;
      seen.add(host);
      if (!isAllowedHost(url, settings))
        yield aboutLocked(locked, refusal(`the host ${quote(host === '' ? url : host)}`));
    }
    const paths = [locked.folder, ...locked.files.map(({ path }) => path)].filter((path) => path !== undefined);
    const outside = paths.find((path) => resolveInside('', path) === undefined);
    if (outside === undefined) continue;
    yield aboutLocked(locked, {
      level: 'no-latest',
      problem: `${quote(outside)} of ${locked.name} leads outside the Function's source`,
      fix: 'lock a released version of it, or put it into the source',
    });
  }
};

const refusal = (what: string) =>
  ({
    level: 'no-latest',
    problem: `${what} is not allowed to give packages`,
    fix: 'lock from the public index, or have the administrator add the index to dependencies.registries.python of the configuration',
  }) as const;
