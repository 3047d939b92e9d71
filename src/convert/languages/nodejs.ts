import { applyEdits, modify, parse as parseJson, type ParseError } from 'jsonc-parser';
import { addition, type ConvertedDependencies, FIELD, notWith } from '../added-dependencies.ts';
import { importedPackages } from '../imports/javascript.ts';
import { INSTALLED_GROUPS } from '../../dependencies/npm/groups.ts';
import { isJsonObject } from '../../json/object.ts';
import { changesOfJavaScript } from '../new-api/nodejs.ts';
import type { Note } from '../note.ts';
import { PREINSTALLED_NODEJS } from './preinstalled.ts';
import type { ConvertRow } from './row.ts';

const gone = (name: string): ConvertRow['runtimes'][string] => ({
  runtime: 'nodejs22',
  note: `${name} is gone, so the Function gets nodejs22`,
});

export const NODEJS: ConvertRow = {
  runtimes: {
    nodejs26: { runtime: 'nodejs26', api: 'http' },
    nodejs24: { runtime: 'nodejs24' },
    nodejs22: { runtime: 'nodejs22' },
    nodejs20: { runtime: 'nodejs20', note: 'nodejs20 is deprecated, in Kyma and here; move to nodejs22' },
    nodejs18: gone('nodejs18'),
    nodejs16: gone('nodejs16'),
    nodejs14: gone('nodejs14'),
    nodejs12: gone('nodejs12'),
  },
  files: { handler: 'handler.js', dependencies: 'package.json' },
  completeDependencies: completeNpm,
  changesForHttp: changesOfJavaScript,
};

function completeNpm(code: string, declared: string | undefined, provided: ReadonlySet<string>): ConvertedDependencies {
  const manifest = declared === undefined || declared.trim() === '' ? undefined : declared;
  const imported = importedPackages(code);
  const unchanged = { ...(manifest !== undefined && { text: manifest }) };
  if (imported === undefined) {
    const text = 'the code could not be parsed, so what it imports without declaring it is not known';
    return { ...unchanged, notes: [{ kind: 'to do', field: 'spec.source.inline.source', text }] };
  }
  const parsed = parseManifest(manifest ?? '{}');
  // The dependency policy says what is wrong with it.
  if (parsed === undefined) return { ...unchanged, notes: [] };
  const names = INSTALLED_GROUPS.flatMap((group) => Object.keys(asMap(parsed[group])));
  const undeclared = imported.filter((name) => !names.includes(name) && !provided.has(name));
  const additions = undeclared.flatMap((name) => PREINSTALLED_NODEJS[name] ?? []).filter(notWith(names));
  const notes: Note[] = additions.map(addition);
  for (const name of undeclared) {
    if (PREINSTALLED_NODEJS[name] !== undefined) continue;
    notes.push({
      kind: 'to do',
      field: FIELD,
      text: `the code imports ${name}, which is neither declared nor part of Kyma's image; declare it with its version`,
    });
  }
  const development = Object.keys(asMap(parsed.devDependencies));
  if (development.length > 0) {
    notes.push({
      kind: 'changed',
      field: FIELD,
      text: `devDependencies (${development.join(', ')}) are not installed; Kyma installed them too`,
    });
  }
  if (additions.length === 0) return { ...unchanged, notes };
  const text = additions.reduce(
    (current, { name, version }) => insertDependency(current, name, version),
    manifest ?? '{}\n',
  );
  return { text, notes };
}

function parseManifest(text: string): Readonly<Record<string, unknown>> | undefined {
  const errors: ParseError[] = [];
  const value: unknown = parseJson(text.replace(/^\uFEFF/, ''), errors, { disallowComments: true });
  return errors.length === 0 && isJsonObject(value) ? value : undefined;
}

const asMap = (value: unknown): Readonly<Record<string, unknown>> => (isJsonObject(value) ? value : {});

function insertDependency(text: string, name: string, version: string): string {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  const edits = modify(text, ['dependencies', name], version, {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.length,
      eol: text.includes('\r\n') ? '\r\n' : '\n',
    },
    isArrayInsertion: false,
  });
  return applyEdits(text, edits);
}
