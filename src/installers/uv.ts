/**
 * What uv is to install: the list that comes out of the policy's own reading, never the author's file, so that there is one
 * reader of each file. A source that uv would not take as pip does is declined, and no other file is tried in its place.
 *
 * Looks at: requirements.txt, pylock.toml
 */
import { pathToFileURL } from 'node:url';
import { withoutFragment } from '../dependencies/python/format/addresses.ts';
import { SyntaxProblem } from '../dependencies/python/format/cursor.ts';
import { type Comparison, comparisonsOf } from '../dependencies/python/format/marker.ts';
import { treeOf } from '../dependencies/python/format/paths.ts';
import { parseMarker } from '../dependencies/python/format/pep508.ts';
import { showClause } from '../dependencies/python/format/versions.ts';
import { REQUIREMENTS } from '../dependencies/python/judge.ts';
import { type LockedPackage, PYLOCK, readLock } from '../dependencies/python/pylock/read.ts';
import {
  HASH_DIGITS,
  hashesOf,
  readRequirements,
  type Reading,
  type Requirement,
} from '../dependencies/python/requirements.ts';
import type { SourceFiles } from '../function/files.ts';

/** Requirements and constraints as uv reads them, with the settings that the author's files have. */
export interface UvList {
  readonly lines: readonly string[];
  readonly constraints: readonly string[];
  /** Each line has a hash, so nothing without one may be installed. */
  readonly hashed: boolean;
  /** They are all that is to be installed: what the packages ask for is among them. */
  readonly complete: boolean;
  readonly index?: string;
  readonly extraIndexes: readonly string[];
  readonly trustedHosts: readonly string[];
}

interface Declined {
  readonly declined: string;
}

interface Wish {
  /** The author chose uv: without a lock it may resolve as it does. */
  readonly asked: boolean;
  /** Where the source is; paths in it are relative. */
  readonly folder: string;
}

/** @returns what uv is to install, or the reason why it cannot */
export function listForUv(files: SourceFiles, wish: Wish): UvList | Declined {
  if (files.has('uv.toml')) return { declined: 'the source has uv.toml, which pip does not read' };
  const lock = files.get(PYLOCK);
  return lock === undefined ? fromRequirements(files, wish) : fromPylock(lock);
}

/** Why uv is not to be taken for these files, though it may be used. */
export function whyNotUv(files: SourceFiles): string | undefined {
  const answer = listForUv(files, { asked: false, folder: '' });
  return 'declined' in answer ? answer.declined : undefined;
}

/** Why uv cannot install these files for an author who chose it. */
export function whyNotChosenUv(files: SourceFiles): string | undefined {
  const answer = listForUv(files, { asked: true, folder: '' });
  return 'declined' in answer ? answer.declined : undefined;
}

/** Those that are read here, or change nothing where only wheels are taken. */
const HARMLESS = ['hash', 'requirement', 'constraint', 'require-hashes', 'only-binary', 'prefer-binary'];
const INDEXES = ['index-url', 'extra-index-url', 'trusted-host'];

function fromRequirements(files: SourceFiles, wish: Wish): UvList | Declined {
  const reading = readRequirements(treeOf(files), REQUIREMENTS);
  const { requirements, options, includes, unreadable, variables } = reading;
  const known = wish.asked ? [...HARMLESS, ...INDEXES] : HARMLESS;
  const option = options.find(({ name }) => !known.includes(name));
  if (option !== undefined) return { declined: `${option.file} has the option --${option.name}` };
  if (unreadable.length > 0 || includes.length > 0) return { declined: `${REQUIREMENTS} cannot be read as a whole` };
  if (variables.length > 0) return { declined: `${REQUIREMENTS} has a variable` };
  const hashed = !wish.asked || isHashed(reading);
  const lines: string[] = [];
  const constraints: string[] = [];
  for (const requirement of requirements) {
    const line = (hashed ? whyNotHashed(requirement, wish) : undefined) ?? lineOfRequirement(requirement, wish.folder);
    if ('declined' in line) return { declined: `${requirement.file}:${requirement.line} ${line.declined}` };
    (requirement.constraint ? constraints : lines).push(line.text);
  }
  const valuesOf = (wanted: string): readonly string[] =>
    options.filter(({ name }) => name === wanted).map(({ value }) => value);
  // Of several, the last counts (handle_option_line of pip's req_file.py).
  const index = valuesOf('index-url').at(-1);
  return {
    lines,
    constraints,
    hashed,
    complete: false,
    ...(index !== undefined && { index }),
    extraIndexes: valuesOf('extra-index-url'),
    trustedHosts: valuesOf('trusted-host'),
  };
}

/** As pip decides it: one hash, or the option, makes every requirement need one. */
const isHashed = ({ requirements, options }: Reading): boolean =>
  requirements.some(({ constraint, hashes }) => !constraint && hashes.length > 0) ||
  options.some(({ name }) => name === 'require-hashes');

/** A file with hashes is a lock: uv takes it whole or not at all. */
function whyNotHashed(requirement: Requirement, { asked }: Wish): Declined | undefined {
  const { target, marker, editable, constraint } = requirement;
  if (constraint) return { declined: 'is a constraint' };
  const isFile = target.kind === 'address' || target.kind === 'path';
  if (editable || !(target.kind === 'index' || (asked && isFile))) return { declined: 'comes from no index' };
  const [clause, ...more] = target.kind === 'index' ? target.clauses : [];
  const isPinned = isFile || (clause?.operator === '==' && !clause.prefix && more.length === 0);
  if (!isPinned) return { declined: 'is not pinned by ==' };
  if (hashesOf(requirement).length === 0) return { declined: 'has no hash, so uv could resolve other versions' };
  const reason = whyNotMarker(marker);
  return reason === undefined ? undefined : { declined: reason };
}

function lineOfRequirement(requirement: Requirement, folder: string): { readonly text: string } | Declined {
  const { target, marker, editable } = requirement;
  const written = editable ? undefined : writtenTarget(requirement, folder);
  if (written === undefined) {
    const isNamed = target.name !== undefined || editable;
    return { declined: isNamed ? 'is not a wheel, and uv builds nothing' : 'has no name' };
  }
  const condition = marker === '' ? '' : ` ; ${oneLine(marker)}`;
  return { text: [written + condition, ...hashesOf(requirement).map((hash) => `--hash=${hash}`)].join(' ') };
}

function writtenTarget({ target }: Requirement, folder: string): string | undefined {
  const extras = target.extras === undefined || target.extras.length === 0 ? '' : `[${target.extras.join(',')}]`;
  if (target.kind === 'index') return `${target.name}${extras}${target.clauses.map(showClause).join(',')}`;
  if (target.name === undefined) return undefined;
  switch (target.kind) {
    case 'address': {
      const address = withoutFragment(target.url);
      return isWheel(address) ? `${target.name}${extras} @ ${address}` : undefined;
    }
    case 'path':
      return target.path !== undefined && isWheel(target.path)
        ? `${target.name}${extras} @ ${pathToFileURL(`${folder}/${target.path}`).href}`
        : undefined;
    case 'repository':
      return undefined;
  }
}

/** pip takes the name in lower case only. */
const isWheel = (address: string): boolean => (address.split('?', 1)[0] ?? '').endsWith('.whl');

const oneLine = (marker: string): string => marker.replace(/\s+/g, ' ');

function fromPylock(content: Uint8Array): UvList | Declined {
  const { packages, unreadable } = readLock(content);
  if (unreadable.length > 0) return { declined: `${PYLOCK} cannot be read as a whole` };
  const lines: string[] = [];
  for (const locked of packages) {
    const line = lineOf(locked);
    if ('declined' in line) return { declined: `${PYLOCK}: ${locked.name} ${line.declined}` };
    lines.push(line.text);
  }
  return { lines, constraints: [], hashed: true, complete: true, extraIndexes: [], trustedHosts: [] };
}

function lineOf({
  name,
  version,
  marker,
  files,
  archive,
  repository,
  folder,
}: LockedPackage): { readonly text: string } | Declined {
  if (version === undefined || archive || repository !== undefined || folder !== undefined) {
    return { declined: 'comes from no index' };
  }
  const wheels = files.filter(({ sdist, title }) => !sdist && title.endsWith('.whl'));
  if (wheels.length === 0) return { declined: 'has no wheel' };
  const hashes: string[] = [];
  for (const wheel of wheels) {
    const hash = Object.entries(wheel.hashes).find(([algorithm]) => Object.hasOwn(HASH_DIGITS, algorithm));
    if (typeof hash?.[1] !== 'string') return { declined: 'has a wheel without a hash' };
    hashes.push(`--hash=${hash[0]}:${hash[1]}`);
  }
  const reason = whyNotMarker(marker);
  if (reason !== undefined) return { declined: reason };
  const condition = marker === '' ? '' : ` ; ${oneLine(marker)}`;
  return { text: `${name}==${version}${condition} ${hashes.join(' ')}` };
}

/** What the toolkit does not know of the runtime: the machine's kernel, and the patch level of its Python. */
const UNKNOWN = ['platform_release', 'platform_version', 'implementation_version'];

function whyNotMarker(text: string): string | undefined {
  const marker = text === '' ? undefined : parseMarker(oneLine(text));
  if (marker === undefined || marker instanceof SyntaxProblem) return undefined;
  for (const comparison of comparisonsOf(marker)) {
    const sides = [comparison.left, comparison.right].flatMap((side) => ('variable' in side ? [side.variable] : []));
    const unknown = sides.find((variable) => UNKNOWN.includes(variable));
    if (unknown !== undefined) return `depends on ${unknown}`;
    if (sides.includes('python_full_version') && !seesLines(comparison)) return 'depends on the patch level of Python';
  }
  return undefined;
}

/** Whether all patches of a line of Python are alike to a comparison: `< "3.13"`, `>= "3.12.0"`, `== "3.12.*"`. */
function seesLines({ left, operator, right }: Comparison): boolean {
  if (!('variable' in left) || !('text' in right)) return false;
  if (operator === '<' || operator === '>=') return /^\d{1,9}\.\d{1,9}(?:\.0)?$/.test(right.text);
  return (operator === '==' || operator === '!=') && /^\d{1,9}\.\d{1,9}\.\*$/.test(right.text);
}
