/**
 * The packages that a source fixes: all of pylock.toml, and what requirements pin. A wheel or an archive is also the package
 * that its name says, whatever the line calls it.
 */
import type { Budget } from '../budget.ts';
import type { Contained } from '../contents.ts';
import { archiveOf } from './archive-name.ts';
import { normalizeName } from './format/names.ts';
import { fixedBy } from './pins.ts';
import { PYLOCK } from './pylock/read.ts';
import type { Requirement } from './requirements.ts';
import type { PythonSource } from './source.ts';

/** @throws TooComplex */
export function pythonContents({ requirements, lock }: PythonSource, budget: Budget): readonly Contained[] {
  const places = new Map<string, string>();
  const contents: Contained[] = [];
  const add = (name: string, version: string, from: string, isLocked: boolean): void => {
    budget.spend(2);
    // No lock of Python has licences.
    contents.push({ name: normalizeName(name), version, ...(isLocked && { licence: '' }), from });
  };
  for (const requirement of requirements) {
    const { target } = requirement;
    const place = placeOf(requirement);
    if (target.name !== undefined && !requirement.constraint) places.set(normalizeName(target.name), place);
    // With hashes they are a lock themselves.
    for (const { name, version } of fixedByTarget(target)) add(name, version, place, lock === undefined);
  }
  for (const { name, version = '', line, files } of lock?.packages ?? []) {
    const key = normalizeName(name);
    const place = places.get(key) ?? (line === undefined ? PYLOCK : `${PYLOCK}:${line}`);
    add(name, version, place, true);
    for (const { title, url, path } of files) {
      const archive = archiveOf(url ?? path ?? title);
      if (archive !== undefined && (archive.name !== key || archive.version !== version)) {
        add(archive.name, archive.version, place, false);
      }
    }
  }
  return contents;
}

const placeOf = ({ file, line, project }: Requirement): string =>
  project === undefined ? `${file}:${line}` : `${project === '' ? '' : `${project}/`}pyproject.toml`;

function fixedByTarget(target: Requirement['target']): readonly { readonly name: string; readonly version: string }[] {
  switch (target.kind) {
    case 'index': {
      if (fixedBy(target.clauses) !== 'pinned') return [];
      const clause =
        target.clauses.find(({ operator, prefix }) => operator.startsWith('==') && !prefix) ??
        target.clauses.find(({ operator }) => operator === '<=');
      return clause === undefined ? [] : [{ name: target.name, version: clause.version }];
    }
    case 'address':
    case 'path': {
      const archive = archiveOf(target.kind === 'address' ? target.url : target.written);
      return archive === undefined ? [] : [archive];
    }
    case 'repository':
      return target.name === undefined ? [] : [{ name: target.name, version: '' }];
  }
}
