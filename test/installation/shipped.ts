import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Objects of a text with several YAML documents. */
export function objectsOf(text: string): readonly unknown[] {
  const objects: unknown[] = [];
  for (const document of parseAllDocuments(text)) objects.push(document.toJS());
  return objects;
}

/** What deploy/install.yaml installs. */
export const installed = (): readonly unknown[] =>
  objectsOf(readFileSync(path.join(ROOT, 'deploy/install.yaml'), 'utf8'));

/** A field by its path; undefined where any part of it is not there. */
export function at(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (new Map(Object.entries(found)) as Map<string, unknown>).get(String(key));
  }
  return found;
}

export const listAt = (value: unknown, ...keys: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...keys);
  return Array.isArray(found) ? (found as unknown[]) : [];
};

/** The one object of a kind and, where given, a name. */
export function find(objects: readonly unknown[], kind: string, name?: string): unknown {
  const found = objects.filter(
    (object) => at(object, 'kind') === kind && (name === undefined || at(object, 'metadata', 'name') === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind} ${name ?? ''}`);
  return found[0];
}
