import { offsetOfPlace } from '../../dependencies/python/format/logical-lines.ts';
import { treeOf } from '../../dependencies/python/format/paths.ts';
import { isVersion } from '../../dependencies/python/format/versions.ts';
import { REQUIREMENTS } from '../../dependencies/python/judge.ts';
import { readProjects } from '../../dependencies/python/projects.ts';
import { readRequirements, type Requirement } from '../../dependencies/python/requirements.ts';
import type { SourceFiles } from '../../function/files.ts';
import type { Direct, Pin, Unpinned } from '../pin.ts';

/**
 * Reads requirements.txt with all that it includes, and the pyproject.toml of each folder that it names. What does not come
 * from an index is in neither list.
 */
export function pythonPins(files: SourceFiles): Direct {
  const pins: Pin[] = [];
  const unpinned: Unpinned[] = [];
  for (const [index, requirement] of requirementsOf(files).entries()) {
    const { target, file, line } = requirement;
    if (target.kind !== 'index') continue;
    const dependency = { file, line, name: target.name, kind: kindOf(requirement) };
    const version = versionOf(requirement);
    if (version !== undefined && 'pinned' in version) {
      const moved: Pin['moved'] = (source, next) => withVersion(source, index, version.pinned, next);
      pins.push({ ...dependency, version: version.pinned, moved });
    } else {
      const reason = version?.reason ?? (target.clauses.length === 0 ? 'it names no version' : 'it is a range');
      unpinned.push({ ...dependency, spec: requirement.text, reason });
    }
  }
  return { pins, unpinned };
}

function requirementsOf(files: SourceFiles): readonly Requirement[] {
  const tree = treeOf(files);
  const { requirements } = readRequirements(tree, REQUIREMENTS);
  return [...requirements, ...readProjects(requirements, tree).requirements];
}

const kindOf = ({ constraint, project }: Requirement): string =>
  project !== undefined ? 'project' : constraint ? 'constraints' : 'requirements';

/** @returns undefined if the requirement admits several versions */
function versionOf({ target, hashes }: Requirement): { pinned: string } | { reason: string } | undefined {
  const [clause, ...others] = target.kind === 'index' ? target.clauses : [];
  if (clause?.operator !== '==' || clause.prefix || others.length > 0 || !isVersion(clause.version)) return undefined;
  if (hashes.length > 0)
    return { reason: 'its hashes belong to this version: update it with the tool that wrote them' };
  if (clause.version.includes('+')) return { reason: 'it is a local version' };
  return { pinned: clause.version };
}

const EQUALS = /==\s*/y;

/** Puts another version behind the `==` of a requirement, and changes nothing else. */
function withVersion(files: SourceFiles, index: number, version: string, next: string): SourceFiles | undefined {
  const before = requirementsOf(files);
  const requirement = before[index];
  const content = requirement === undefined ? undefined : files.get(requirement.file);
  if (requirement === undefined || content === undefined) return undefined;
  const text = Buffer.from(content).toString('utf8');
  // Another encoding would not survive.
  if (!Buffer.from(text).equals(content)) return undefined;
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const place = mark + offsetOfPlace(text.slice(mark), requirement);
  EQUALS.lastIndex = text.indexOf('==', place);
  const start = EQUALS.lastIndex + (EQUALS.exec(text)?.[0].length ?? 0);
  if (!text.startsWith(version, start)) return undefined;
  const edited = `${text.slice(0, start)}${next}${text.slice(start + version.length)}`;
  const result = new Map([...files, [requirement.file, Buffer.from(edited)]]);
  const after = requirementsOf(result);
  const same = (each: Requirement | undefined, at: number): boolean =>
    after[at]?.target.name === each?.target.name &&
    after[at]?.marker === each?.marker &&
    (at === index ? pinnedTo(after[at], next) : after[at]?.text === each?.text);
  return before.length === after.length && before.every(same) ? result : undefined;
}

function pinnedTo(requirement: Requirement | undefined, version: string): boolean {
  const known = requirement === undefined ? undefined : versionOf(requirement);
  return known !== undefined && 'pinned' in known && known.pinned === version;
}
