import { expectedPackages, type ExpectedPackage } from '../../dependencies/python/expected.ts';
import { normalizeName } from '../../dependencies/python/format/names.ts';
import { isTable, parseToml } from '../../dependencies/python/format/toml.ts';
import { PYLOCK } from '../../dependencies/python/pylock/read.ts';
import type { SourceFiles } from '../../function/files.ts';
import type { LockedRelease } from '../release.ts';

/** Each package of pylock.toml, or of requirements with hashes. */
export function lockedByPython(files: SourceFiles): readonly LockedRelease[] | undefined {
  const expected = expectedPackages(files);
  if (expected?.complete !== true) return undefined;
  const uploaded = uploadTimes(files.get(PYLOCK));
  return expected.packages.map((each) => releaseOf(each, uploaded.get(each.name)));
}

function releaseOf(
  { name, specifiers, hashes, url, commit }: ExpectedPackage,
  uploaded: string | undefined,
): LockedRelease {
  const version = /^={2,3}([^,*]+)$/.exec(specifiers)?.[1] ?? '';
  const common = { name, version, digests: hashes, ...(uploaded !== undefined && { uploaded }) };
  if (commit !== undefined) return { ...common, elsewhere: 'it comes from a repository' };
  if (url !== undefined) return { ...common, elsewhere: 'it comes from an address' };
  return hashes.length === 0 ? { ...common, elsewhere: 'the lock has no hash of it' } : common;
}

/** The latest `upload-time` of each package (PEP 751). */
function uploadTimes(content: Uint8Array | undefined): ReadonlyMap<string, string> {
  const times = new Map<string, string>();
  const parsed = content === undefined ? undefined : parseToml(PYLOCK, content);
  const items: unknown = parsed !== undefined && 'table' in parsed ? parsed.table.packages : undefined;
  for (const item of Array.isArray(items) ? items : []) {
    if (!isTable(item) || typeof item.name !== 'string') continue;
    const { wheels, sdist, archive } = item;
    const built: readonly unknown[] = Array.isArray(wheels) ? wheels : [];
    for (const file of [...built, sdist, archive]) {
      const time: unknown = isTable(file) ? file['upload-time'] : undefined;
      const date = time instanceof Date || typeof time === 'string' ? new Date(time) : undefined;
      if (date === undefined || Number.isNaN(date.getTime())) continue;
      const name = normalizeName(item.name);
      const known = times.get(name);
      if (known === undefined || Date.parse(known) < date.getTime()) times.set(name, date.toISOString());
    }
  }
  return times;
}
