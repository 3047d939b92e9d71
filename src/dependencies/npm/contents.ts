/**
 * The packages that a source fixes, each with the one that asks for it: all of a lock, and what package.json pins itself. An
 * archive is also the package that its address names, whatever the lock calls it.
 */
import { isJsonObject, type JsonObject } from '../../json/object.ts';
import type { Budget } from '../budget.ts';
import type { Contained } from '../contents.ts';
import { archiveOf } from './archive-address.ts';
import { readJsonFile } from './json-file.ts';
import type { LockEntry } from './lock/entry.ts';
import { isOwn } from './lock/graph.ts';
import type { JudgedLock } from './lock/judge.ts';
import { packageJsonFile } from './package-json.ts';
import { singleVersion, boundOf } from './range.ts';
import type { AskedSpec, NpmSource } from './source.ts';
import { parseSpec, type Spec } from './spec.ts';

/** @throws TooComplex */
export function npmContents(source: NpmSource, budget: Budget): readonly Contained[] {
  const { lock } = source;
  const pinned = source.specs.flatMap(pinnedBy);
  return [
    ...pinned,
    ...(lock !== undefined && 'graph' in lock ? contentsOfLock(lock, pinned.length, budget) : []),
    ...(lock !== undefined && 'old' in lock && lock.old ? contentsOfOldLock(source, lock.file, budget) : []),
  ];
}

interface Fixed {
  readonly name: string;
  readonly version: string;
}

/** What a spec fixes by itself. */
function fixedBy(name: string, spec: Spec): Fixed | undefined {
  switch (spec.kind) {
    case 'version':
      return { name, version: spec.version };
    case 'range': {
      const version = boundOf(spec.range) === 'single' ? singleVersion(spec.range) : undefined;
      return version === undefined ? undefined : { name, version };
    }
    case 'alias':
      return fixedBy(spec.name, spec.target);
    case 'remote':
      return archiveOf(spec.url);
    default:
      return undefined;
  }
}

function pinnedBy({ asked, spec }: AskedSpec): readonly Contained[] {
  const fixed = fixedBy(asked.name, spec);
  if (fixed === undefined) return [];
  return [contained(fixed, asked.name, asked.packageJson.file)];
}

const contained = (fixed: Fixed, name: string, from: Contained['from']): Contained => ({
  ...fixed,
  ...(fixed.name !== name && { alias: name }),
  from,
});

/**
 * npm installs what is in a lock, asked for or not.
 *
 * @param offset index of the first one in the whole list
 */
function contentsOfLock(lock: JudgedLock, offset: number, budget: Budget): readonly Contained[] {
  const askers = askersIn(lock, budget);
  const taken = [...lock.packages.values()].filter(
    (entry) => entry !== lock.root && !entry.link && !isOwn(entry) && !lock.omitted.has(entry),
  );
  const list: Contained[] = [];
  const indexes = new Map<LockEntry, number>();
  // Whoever asks comes first in the list; the path from package.json has no circle, as each entry was found from an earlier one.
  const add = (entry: LockEntry): void => {
    const chain: LockEntry[] = [];
    for (let each: LockEntry | undefined = entry; each !== undefined && !indexes.has(each); each = askers.get(each)) {
      if (isOwn(each) || chain.length > lock.packages.size) break;
      chain.push(each);
    }
    for (const each of chain.reverse()) {
      budget.spend(1);
      const asker = askers.get(each);
      const from = (asker === undefined ? undefined : indexes.get(asker)) ?? placeOf(each, asker, lock);
      indexes.set(each, offset + list.length);
      list.push({
        ...contained({ name: each.packageName, version: each.version }, each.name, from),
        licence: licenceOf(each),
      });
      const archive = each.resolved === undefined ? undefined : archiveOf(each.resolved);
      if (archive !== undefined && (archive.name !== each.packageName || archive.version !== each.version)) {
        list.push(contained(archive, each.name, from));
      }
    }
  };
  taken.forEach(add);
  return list;
}

/** npm writes the name alone; older versions wrote what package.json has. */
const licenceOf = ({ json: { license } }: LockEntry): string => (typeof license === 'string' ? license : '');

/** If a package of the source asks for it, that one's file; else where it is in the lock, as nobody asks for it. */
const placeOf = (entry: LockEntry, asker: LockEntry | undefined, { file }: JudgedLock): string =>
  asker === undefined ? `${file}: ${entry.location}` : packageJsonFile(asker.location);

/** For each package the first one that asks for it, from package.json on. */
function askersIn({ graph, packages }: JudgedLock, budget: Budget): ReadonlyMap<LockEntry, LockEntry> {
  const askers = new Map<LockEntry, LockEntry>();
  for (const { from, to } of graph.edges) {
    budget.spend(1);
    if (to === undefined) continue;
    const target = to.link ? packages.get(to.target ?? '') : undefined;
    for (const found of target === undefined ? [to] : [to, target]) if (!askers.has(found)) askers.set(found, from);
  }
  return askers;
}

/** Locks of npm 6 and older, which npm reads as well: `dependencies` within each other. */
function contentsOfOldLock({ files }: NpmSource, file: string, budget: Budget): readonly Contained[] {
  const content = files.get(file);
  const json = content === undefined ? undefined : readJsonFile(file, content, 0);
  if (json === undefined || 'problem' in json) return [];
  const found: Contained[] = [];
  const queue: JsonObject[] = [json.value];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const [name, entry] of Object.entries(isJsonObject(next.dependencies) ? next.dependencies : {})) {
      budget.spend(20);
      if (!isJsonObject(entry)) continue;
      queue.push(entry);
      for (const written of new Set([entry.version, entry.resolved])) {
        const fixed = typeof written === 'string' ? fixedBy(name, parseSpec(name, written)) : undefined;
        if (fixed !== undefined) found.push(contained(fixed, name, file));
      }
    }
  }
  return found;
}
