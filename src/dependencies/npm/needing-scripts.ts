/**
 * Dependencies that npm installs by running programs of theirs, whatever `ignore-scripts` says: those from Git. npm 10 clones
 * the repository and runs `npm install` in it, which runs its `prepare` script; npm 10 and 11 follow the `.npmrc` in it, which
 * may name a program (`git`). Even `npm install --package-lock-only` does (pacote's git.js).
 */
import { hideCredentials } from '../credentials.ts';
import type { NeedsScripts } from '../needs-scripts.ts';
import type { Place } from '../../outcome/place.ts';
import type { JudgedLock } from './lock/judge.ts';
import { quote } from './rules/advice.ts';
import type { NpmSource } from './source.ts';
import { parseSpec } from './spec.ts';

/** Enough to tell what is wrong; there may be thousands. */
const MOST = 20;

/** @param source undefined if it cannot be judged: the policy refuses it, and npm itself is kept from starting programs */
export function npmNeedingScripts(source: NpmSource | undefined): readonly NeedsScripts[] {
  if (source === undefined) return [];
  const found: NeedsScripts[] = [];
  for (const needed of inSource(source)) {
    found.push(needed);
    if (found.length === MOST) break;
  }
  return found;
}

function* inSource(source: NpmSource): Generator<NeedsScripts> {
  const reported = new Set<string>();
  for (const { asked, spec } of source.specs) {
    if (spec.kind !== 'git') continue;
    const { name, path, packageJson } = asked;
    reported.add(name);
    yield fromGit(name, asked.spec, { file: packageJson.file, ...packageJson.json.positionOf(path) });
  }
  const { lock } = source;
  if (lock === undefined || 'problem' in lock) yield* inDevelopment(source);
  else yield* inLock(lock, reported);
}

/** Without a lock npm also reads the packages for development, to resolve all of them together. */
function* inDevelopment({ root }: NpmSource): Generator<NeedsScripts> {
  for (const [name, spec] of root.development) {
    if (parseSpec(name, spec).kind !== 'git') continue;
    yield fromGit(name, spec, { file: root.file, ...root.json.positionOf(['devDependencies', name]) });
  }
}

function* inLock(
  { file, packages, omitted, json }: JudgedLock,
  reported: ReadonlySet<string>,
): Generator<NeedsScripts> {
  for (const entry of packages.values()) {
    const { location, name, resolved, link } = entry;
    if (resolved === undefined || link || omitted.has(entry) || reported.has(name)) continue;
    // What most entries have; the parser takes its time.
    if (/^https?:/i.test(resolved) || parseSpec(name, resolved).kind !== 'git') continue;
    yield fromGit(name, resolved, { file, ...json.positionOf(['packages', location], 'key') });
  }
}

const fromGit = (name: string, spec: string, place: Place & { readonly file: string }): NeedsScripts => ({
  ...place,
  problem: `${quote(name)} comes from Git (${quote(hideCredentials(spec))}), and npm runs programs of a Git dependency to build it, but install scripts are denied`,
});
