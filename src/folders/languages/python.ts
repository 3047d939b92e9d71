import { isTable, parseToml } from '../../dependencies/python/format/toml.ts';
import { admits, readClause, type Clause } from '../../dependencies/python/format/versions.ts';
import type { Runtime } from '../../function/runtimes.ts';
import { tagOf } from '../../kubernetes/image-reference.ts';
import type { RuntimeFactsRow, VersionFact } from './row.ts';

const LONGEST_SPECIFIER = 256;

export const PYTHON_FACTS: RuntimeFactsRow = {
  places: ['requires-python of pyproject.toml', '.python-version'],
  facts: (read) => [...requiresPython(read('pyproject.toml')), ...pythonVersion(read('.python-version'))],
  unreadable: (read) => {
    const text = read('pyproject.toml');
    const toml = text === undefined ? undefined : parseToml('pyproject.toml', Buffer.from(text));
    return toml !== undefined && 'problem' in toml ? toml : undefined;
  },
};

function requiresPython(text: string | undefined): readonly VersionFact[] {
  const toml = text === undefined ? undefined : parseToml('pyproject.toml', Buffer.from(text));
  const project = toml !== undefined && 'table' in toml ? toml.table.project : undefined;
  const wanted = isTable(project) ? project['requires-python'] : undefined;
  if (typeof wanted !== 'string') return [];
  return [{ from: 'requires-python of pyproject.toml', text: wanted, admits: within(wanted) }];
}

/** A specifier of PEP 440: clauses with commas between them, of which all hold. */
function within(specifier: string): VersionFact['admits'] {
  if (specifier.length > LONGEST_SPECIFIER) return undefined;
  const clauses: Clause[] = [];
  for (const part of specifier.split(',')) {
    const text = part.trim();
    const read = readClause(text, 0);
    if (read?.end !== text.length) return undefined;
    clauses.push(read.clause);
  }
  return (runtime) => clauses.every((clause) => admits(clause, versionOf(runtime)));
}

/** The tag of the image, if it begins with a whole version: `3.12.16-slim`. */
function versionOf({ image, version }: Runtime): string {
  const exact = /^\d{1,6}\.\d{1,6}\.\d{1,6}/.exec(tagOf(image) ?? '')?.[0];
  return exact?.startsWith(`${version}.`) === true ? exact : version;
}

/** pyenv and uv take the first line that is not a comment; other implementations (`pypy3.10`) have no runtime. */
function pythonVersion(text: string | undefined): readonly VersionFact[] {
  const line = text
    ?.split(/\r?\n/)
    .map((each) => each.trim())
    .find((each) => each !== '' && !each.startsWith('#'));
  if (line === undefined) return [];
  const minor = /^(?:cpython-?)?(\d{1,6}\.\d{1,6})(?:\.\d{1,6})?$/.exec(line)?.[1];
  return [
    {
      from: '.python-version',
      text: line,
      admits: minor === undefined ? undefined : ({ version }) => version === minor,
    },
  ];
}
