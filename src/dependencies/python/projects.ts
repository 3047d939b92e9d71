import { openAddresses } from '../credentials.ts';
import { SyntaxProblem } from './format/cursor.ts';
import { normalizeName } from './format/names.ts';
import type { SourceTree } from './format/paths.ts';
import { readRequirement } from './format/target.ts';
import { isTable, parseToml, Places, type Table, textsOf } from './format/toml.ts';
import { LONGEST_REQUIREMENT, MOST_PACKAGES, tooLong, tooMany } from './limits.ts';
import type { Credential, Requirement, Unreadable } from './requirements.ts';

/** What the projects in the source, which a requirements file names, ask for in turn. */
export interface ProjectReading {
  readonly requirements: readonly Requirement[];
  readonly unreadable: readonly Unreadable[];
  readonly credentials: readonly Credential[];
  /** Requirements whose project decides only when it is built what it needs. */
  readonly dynamic: readonly Requirement[];
}

/** Reads `dependencies` and the extras asked for of each folder's pyproject.toml (PEP 621). */
export function readProjects(requirements: readonly Requirement[], tree: SourceTree): ProjectReading {
  const found: Requirement[] = [];
  const unreadable: Unreadable[] = [];
  const credentials: Credential[] = [];
  const dynamic: Requirement[] = [];
  const extrasOf = new Map<string, { readonly by: Requirement; readonly extras: Set<string> }>();
  for (const requirement of requirements) {
    const { target } = requirement;
    if (target.kind !== 'path' || target.path === undefined || requirement.constraint || tree.files.has(target.path))
      continue;
    const asked = extrasOf.get(target.path) ?? { by: requirement, extras: new Set() };
    for (const extra of target.extras) asked.extras.add(normalizeName(extra));
    extrasOf.set(target.path, asked);
  }
  for (const [folder, { by, extras }] of extrasOf) {
    const file = folder === '' ? 'pyproject.toml' : `${folder}/pyproject.toml`;
    const bytes = tree.files.get(file);
    const parsed = bytes === undefined ? undefined : parseToml(file, bytes);
    if (parsed !== undefined && 'problem' in parsed) {
      unreadable.push(parsed);
      continue;
    }
    const project = parsed?.table.project;
    if (parsed === undefined || !isTable(project) || isDynamic(project)) {
      // A folder that is not a project at all has a finding of its own.
      if (parsed !== undefined || tree.files.has(folder === '' ? 'setup.py' : `${folder}/setup.py`)) dynamic.push(by);
      if (!isTable(project)) continue;
    }
    if (!isTable(project)) continue;
    const places = new Places(parsed?.text ?? '');
    for (const text of dependenciesOf(project, extras)) {
      if (found.length >= MOST_PACKAGES) {
        const fix = 'remove the dependencies that the Function does not need';
        unreadable.push({ file, problem: tooMany('dependencies of projects', MOST_PACKAGES), fix });
        return { requirements: found, unreadable, credentials, dynamic };
      }
      const place = { file, line: 1, column: 1, ...places.next(text) };
      if (text.length > LONGEST_REQUIREMENT) {
        const problem = tooLong('the dependency has', text.length, LONGEST_REQUIREMENT);
        unreadable.push({ ...place, problem, fix: 'shorten its version specifier or its marker' });
        continue;
      }
      for (const address of openAddresses(text)) credentials.push({ ...place, address });
      const read = readRequirement(text, tree);
      if (read instanceof SyntaxProblem)
        unreadable.push({ ...place, text, problem: read.problem, fix: 'write it as NAME==VERSION, or as NAME @ URL' });
      else found.push({ ...place, ...read, text, editable: false, constraint: false, hashes: [], project: folder });
    }
  }
  return { requirements: found, unreadable, credentials, dynamic };
}

const isDynamic = (project: Table): boolean =>
  textsOf(project.dynamic).some((field) => field === 'dependencies' || field === 'optional-dependencies');

/** In the order of the file; `NAME[extra]` of the project's own name asks for another of its extras. */
function dependenciesOf(project: Table, extras: Set<string>): readonly string[] {
  const own = typeof project.name === 'string' ? normalizeName(project.name) : undefined;
  const groups = new Map(
    Object.entries(isTable(project['optional-dependencies']) ? project['optional-dependencies'] : {}).map(
      ([name, list]) => [normalizeName(name), textsOf(list)],
    ),
  );
  const texts = [...textsOf(project.dependencies)];
  // A set may grow while it is walked.
  for (const extra of extras) {
    for (const text of groups.get(extra) ?? []) {
      const self = /^\s*([\w.-]+)\s*\[([^\]]*)\]/.exec(text);
      if (own !== undefined && self?.[1] !== undefined && normalizeName(self[1]) === own) {
        for (const further of (self[2] ?? '').split(',')) extras.add(normalizeName(further.trim()));
      } else texts.push(text);
    }
  }
  return texts;
}
