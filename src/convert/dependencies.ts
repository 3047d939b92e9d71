import { applyEdits, modify, parse as parseJson, type ParseError } from 'jsonc-parser';
import type { Language } from '../function/languages.ts';
import { importedPackages } from './imports/javascript.ts';
import { importedModules } from './imports/python.ts';
import type { Note } from './note.ts';
import { PREINSTALLED, type Preinstalled } from './preinstalled.ts';
import { isJsonObject } from '../json/object.ts';

/** The dependency file of a converted Function. */
export interface ConvertedDependencies {
  /** Absent where there is nothing to install. */
  readonly text?: string;
  readonly notes: readonly Note[];
}

const FIELD = 'spec.source.inline.dependencies';

/**
 * Completes a dependency file with what the code imports, Kyma's image carried, and nobody declared. What the author wrote
 * comes out byte for byte; additions stand at the end of its list.
 */
export function completeDependencies(
  language: Language,
  code: string,
  declared: string | undefined,
): ConvertedDependencies {
  return language === 'nodejs' ? completeNpm(code, declared) : completePython(code, declared);
}

function completeNpm(code: string, declared: string | undefined): ConvertedDependencies {
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
  const names = GROUPS.flatMap((group) => Object.keys(asMap(parsed[group])));
  const undeclared = imported.filter((name) => !names.includes(name));
  const additions = undeclared.flatMap((name) => PREINSTALLED.nodejs[name] ?? []).filter(notWith(names));
  const notes: Note[] = additions.map(addition);
  for (const name of undeclared) {
    if (PREINSTALLED.nodejs[name] !== undefined) continue;
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

/** Groups that put a package where the code finds it. */
const GROUPS = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

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

function completePython(code: string, declared: string | undefined): ConvertedDependencies {
  const requirements = declared === undefined || declared.trim() === '' ? undefined : declared;
  const names = (requirements ?? '').split('\n').flatMap((line) => {
    const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(line)?.[1];
    return name === undefined ? [] : [normalized(name)];
  });
  const wanted = new Map<string, Preinstalled>();
  for (const module of importedModules(code)) {
    const row = ofModule(module);
    if (row !== undefined) wanted.set(row.name, row);
  }
  const candidates = [...wanted.values()].filter(({ name }) => !names.includes(normalized(name)));
  const additions = candidates.filter(notWith([...names, ...candidates.map(({ name }) => name)]));
  const notes = additions.map(addition);
  if (additions.length === 0) return { ...(requirements !== undefined && { text: requirements }), notes };
  const eol = requirements?.includes('\r\n') === true ? '\r\n' : '\n';
  const before = requirements === undefined || requirements.endsWith('\n') ? (requirements ?? '') : requirements + eol;
  return { text: before + additions.map(({ name, version }) => `${name}==${version}${eol}`).join(''), notes };
}

/** PEP 503. */
const normalized = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The row of the longest prefix: `opentelemetry.sdk.trace` belongs to opentelemetry-sdk. */
function ofModule(module: string): Preinstalled | undefined {
  const parts = module.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const row = PREINSTALLED.python[parts.slice(0, length).join('.')];
    if (row !== undefined) return row;
  }
  return undefined;
}

const notWith =
  (names: readonly string[]) =>
  ({ with: carriers = [] }: Preinstalled): boolean =>
    !carriers.some((carrier) => names.includes(carrier));

const addition = ({ name, version }: Preinstalled): Note => ({
  kind: 'added',
  field: FIELD,
  text: `${name} ${version}, which the code imports and Kyma's image carried without a declaration`,
});
