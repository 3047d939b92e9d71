/**
 * Dependencies that run code of their own to be installed: whatever is not a wheel is built, by setup.py or by what its
 * pyproject.toml names. `--only-binary` of pip holds for what an index gives, not for an address, a repository or a folder.
 */
import type { SourceFiles } from '../../function/files.ts';
import type { NeedsScripts } from '../needs-scripts.ts';
import { treeOf } from './format/paths.ts';
import { REQUIREMENTS } from './judge.ts';
import { type LockedPackage, PYLOCK, readLock } from './pylock/read.ts';
import { readRequirements, type Requirement } from './requirements.ts';
import { quote } from './rules/rule.ts';

/** Enough to tell what is wrong; there may be thousands. */
const MOST = 20;

export function pythonNeedingScripts(files: SourceFiles): readonly NeedsScripts[] {
  const lock = files.get(PYLOCK);
  return lock === undefined ? requirementsNeedingScripts(files) : first(inLock(lock));
}

/** What requirements.txt needs, whether it is installed from or only resolved. */
export const requirementsNeedingScripts = (files: SourceFiles): readonly NeedsScripts[] => first(inRequirements(files));

function first(found: Generator<NeedsScripts>): readonly NeedsScripts[] {
  const kept: NeedsScripts[] = [];
  for (const needed of found) if (kept.push(needed) === MOST) break;
  return kept;
}

const DENIED = 'so its own code would run to install it, but install scripts are denied';

function* inRequirements(files: SourceFiles): Generator<NeedsScripts> {
  const { requirements, options } = readRequirements(treeOf(files), REQUIREMENTS);
  for (const { file, line, column, text, ...requirement } of requirements) {
    if (isBuilt(requirement, files)) yield { file, line, column, problem: `${quote(text)} is not a wheel, ${DENIED}` };
  }
  for (const { file, line, column, name, value } of options) {
    if (name !== 'no-binary' || value.trim() === ':none:') continue;
    const problem = `--no-binary ${quote(value)} asks for source distributions, which run their own code to be installed, but install scripts are denied`;
    yield { file, line, column, problem };
  }
}

function isBuilt({ target, editable }: Pick<Requirement, 'target' | 'editable'>, files: SourceFiles): boolean {
  if (editable || target.kind === 'repository') return true;
  if (target.kind === 'address') return !namesWheel(target.url.split(/[?#]/, 1)[0] ?? '');
  // A folder may have the name of a wheel, as may a link to one.
  return target.kind === 'path' && !(namesWheel(target.path ?? '') && files.get(target.path ?? '') !== undefined);
}

/** In lower case, as pip has it, and whatever percent signs in front of it stand for. */
const namesWheel = (path: string): boolean => /[^/.%]{3}\.whl$/.test(path);

function* inLock(bytes: Uint8Array): Generator<NeedsScripts> {
  for (const locked of readLock(bytes).packages) {
    const reason = whyBuilt(locked);
    if (reason === undefined) continue;
    const { name, line } = locked;
    yield { file: PYLOCK, ...(line !== undefined && { line }), problem: `${quote(name)} ${reason}, ${DENIED}` };
  }
}

function whyBuilt({ archive, files, folder, repository }: LockedPackage): string | undefined {
  if (repository !== undefined) return 'comes from a repository';
  if (folder !== undefined) return 'comes from a folder';
  if (archive)
    return files.some(({ url, path }) => namesWheel((url ?? path ?? '').split(/[?#]/, 1)[0] ?? ''))
      ? undefined
      : 'comes as a source archive';
  return files.some(({ sdist }) => !sdist) ? undefined : 'has no wheel, only a source distribution';
}
