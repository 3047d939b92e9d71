/**
 * `dependencies` at the top of a lock of version 2, for npm 5 and 6. Newer ones do not look there if `packages` has an entry;
 * other tools do, and somebody who reads the lock.
 */
import { isJsonObject, type JsonObject } from '../../../json/object.ts';
import type { Budget } from '../../budget.ts';
import { type LockEntry, MODULES } from './entry.ts';

/** @returns location and reason of the first entry that says something else than `packages` */
export function legacyFault(
  value: JsonObject,
  packages: ReadonlyMap<string, LockEntry>,
  budget: Budget,
): { readonly path: readonly string[]; readonly name: string; readonly reason: string } | undefined {
  const queue: { above: string; path: readonly string[]; group: unknown }[] = [
    { above: '', path: ['dependencies'], group: value.dependencies },
  ];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { above, path, group } = next;
    if (group === undefined) continue;
    if (!isJsonObject(group)) return { path, name: 'dependencies', reason: 'is not an object' };
    for (const [name, entry] of Object.entries(group)) {
      budget.spend(1);
      const location = `${above}${MODULES}${name}`;
      const known = packages.get(location);
      const here = [...path.slice(0, 1), name];
      if (!isJsonObject(entry)) return { path: here, name, reason: 'is not an object' };
      if (known === undefined) return { path: here, name, reason: 'is not in "packages"' };
      const { version, integrity } = entry;
      // Of what comes from elsewhere, `version` has the spec.
      if (typeof version === 'string' && /^\d/.test(version) && version !== known.version) {
        return {
          path: here,
          name,
          reason: `has version ${JSON.stringify(version.slice(0, 40))} here, and another in "packages"`,
        };
      }
      if (typeof integrity === 'string' && integrity !== known.integrity) {
        return { path: here, name, reason: 'has another integrity here than in "packages"' };
      }
      queue.push({ above: `${known.target ?? location}/`, path, group: entry.dependencies });
    }
  }
  return undefined;
}
