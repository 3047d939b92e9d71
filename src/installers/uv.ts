/**
 * When uv gives what pip would give: each requirement pinned by a version and a hash, wheels only, nothing that only pip
 * understands. uv gets the list that comes out of this, not the author's file, so that there is one reader of each file.
 *
 * Looks at: requirements.txt, pylock.toml
 */
import { treeOf } from '../dependencies/python/format/paths.ts';
import { REQUIREMENTS } from '../dependencies/python/judge.ts';
import { type LockedPackage, PYLOCK, readLock } from '../dependencies/python/pylock/read.ts';
import { HASH_DIGITS, readRequirements, type Requirement } from '../dependencies/python/requirements.ts';
import type { SourceFiles } from '../function/files.ts';

/** A requirements file of hashed wheels. */
export interface HashedRequirements {
  readonly lines: readonly string[];
  /** They are all that is to be installed: what the packages ask for is among them. */
  readonly complete: boolean;
}

interface Declined {
  readonly declined: string;
}

/** @returns what uv is to install, or the reason why pip is to do it */
export function hashedRequirements(files: SourceFiles): HashedRequirements | Declined {
  if (files.has('uv.toml')) return { declined: 'the source has uv.toml, which pip does not read' };
  const lock = files.get(PYLOCK);
  return lock === undefined ? fromRequirements(files) : fromPylock(lock);
}

export function whyNotUv(files: SourceFiles): string | undefined {
  const answer = hashedRequirements(files);
  return 'declined' in answer ? answer.declined : undefined;
}

/** Those that are read here, or change nothing where each line has a hash and only wheels are taken. */
const HARMLESS = ['hash', 'requirement', 'constraint', 'require-hashes', 'only-binary', 'prefer-binary'];

function fromRequirements(files: SourceFiles): HashedRequirements | Declined {
  const { requirements, options, includes, unreadable, variables } = readRequirements(treeOf(files), REQUIREMENTS);
  const option = options.find(({ name }) => !HARMLESS.includes(name));
  if (option !== undefined) return { declined: `${option.file} has the option --${option.name}` };
  if (unreadable.length > 0 || includes.length > 0) return { declined: `${REQUIREMENTS} cannot be read as a whole` };
  if (variables.length > 0) return { declined: `${REQUIREMENTS} has a variable` };
  const lines: string[] = [];
  for (const requirement of requirements) {
    const reason = whyNotRequirement(requirement);
    if (reason !== undefined) return { declined: `${requirement.file}:${requirement.line} ${reason}` };
    lines.push([requirement.text, ...requirement.hashes.map((hash) => `--hash=${hash}`)].join(' '));
  }
  return { lines, complete: false };
}

function whyNotRequirement({ target, marker, hashes, editable, constraint }: Requirement): string | undefined {
  if (constraint) return 'is a constraint';
  if (editable || target.kind !== 'index') return 'comes from no index';
  const [clause, ...more] = target.clauses;
  if (clause?.operator !== '==' || clause.prefix || more.length > 0) return 'is not pinned by ==';
  if (hashes.length === 0) return 'has no hash, and the two may resolve differently';
  return whyNotMarker(marker);
}

function fromPylock(content: Uint8Array): HashedRequirements | Declined {
  const { packages, unreadable } = readLock(content);
  if (unreadable.length > 0) return { declined: `${PYLOCK} cannot be read as a whole` };
  const lines: string[] = [];
  for (const locked of packages) {
    const line = lineOf(locked);
    if ('declined' in line) return { declined: `${PYLOCK}: ${locked.name} ${line.declined}` };
    lines.push(line.text);
  }
  return { lines, complete: true };
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
  const wheels = files.filter(({ title }) => title.endsWith('.whl'));
  if (wheels.length === 0) return { declined: 'has no wheel' };
  const hashes: string[] = [];
  for (const wheel of wheels) {
    const hash = Object.entries(wheel.hashes).find(([algorithm]) => Object.hasOwn(HASH_DIGITS, algorithm));
    if (typeof hash?.[1] !== 'string') return { declined: 'has a wheel without a hash' };
    hashes.push(`--hash=${hash[0]}:${hash[1]}`);
  }
  const reason = whyNotMarker(marker);
  if (reason !== undefined) return { declined: reason };
  const condition = marker === '' ? '' : ` ; ${marker.replace(/\s+/g, ' ')}`;
  return { text: `${name}==${version}${condition} ${hashes.join(' ')}` };
}

/** What the toolkit does not know of the runtime: the machine's kernel, and the patch level of its Python. */
function whyNotMarker(marker: string): string | undefined {
  const unknown = /\b(?:platform_release|platform_version|implementation_version)\b/.exec(marker)?.[0];
  if (unknown !== undefined) return `depends on ${unknown}`;
  for (const [, operator = '', version = ''] of marker.matchAll(
    /python_full_version\s*([<>=!~]+)\s*["']([^"']*)["']/g,
  )) {
    const isOfLine = /^\d+\.\d+(?:\.0)?(?:\.?\*)?$/.test(version);
    const seesLines = operator === '<' || operator === '>=' || version.endsWith('.*');
    if (!isOfLine || !seesLines) return 'depends on the patch level of Python';
  }
  // The other way round: a version on the left.
  return /["']\s*[<>=!~]+\s*python_full_version/.test(marker) ? 'depends on the patch level of Python' : undefined;
}
