/**
 * Fields of an entry that npm does not write, or writes in another type. npm takes an entry for the package.json of the
 * package (arborist's load-virtual.js and node.js), so that `_resolved` is an address for it, `bundledDependencies` a second
 * name of `bundleDependencies`, and `scripts` something to run.
 */
import { isJsonObject, type JsonObject } from '../../../json/object.ts';
import { DEPENDENCY_GROUPS } from '../groups.ts';
import { nameOf } from '../json-file.ts';
import { LONGEST_SPEC } from '../spec.ts';

export interface ShapeFault {
  readonly field: string;
  readonly reason: string;
}

const TEXTS = ['name', 'version', 'resolved', 'integrity'] as const;
const FLAGS = ['link', 'dev', 'optional', 'devOptional', 'peer', 'inBundle', 'extraneous', 'hasShrinkwrap'] as const;
const SPECS = [...DEPENDENCY_GROUPS, 'acceptDependencies'] as const;
const FOREIGN = new Set(['bundledDependencies', 'scripts', 'gypfile']);

/** @param own whether it is the source itself or one of its folders, whose package.json npm reads from the disk */
export function shapeFault(entry: JsonObject, own: boolean): ShapeFault | undefined {
  for (const field of Object.keys(entry)) {
    if (field.startsWith('_') || FOREIGN.has(field))
      return { field, reason: 'npm does not write it, and would follow it' };
  }
  for (const field of TEXTS) {
    const value = entry[field];
    if (value === undefined) continue;
    if (typeof value !== 'string') return expected(field, value, 'a string');
    if (value.length > LONGEST_SPEC) return { field, reason: `it is longer than ${LONGEST_SPEC} characters` };
  }
  for (const field of FLAGS) {
    const value = entry[field];
    if (value !== undefined && typeof value !== 'boolean') return expected(field, value, 'true or false');
  }
  if (entry.link === true && typeof entry.resolved !== 'string')
    return expected('resolved', entry.resolved, 'a string');
  for (const field of SPECS) {
    const fault = specsFault(field, entry[field]);
    if (fault !== undefined) return fault;
  }
  if (!own && entry.devDependencies !== undefined) {
    return { field: 'devDependencies', reason: 'npm does not write it for a package in node_modules' };
  }
  const { peerDependenciesMeta: meta, bundleDependencies: bundled } = entry;
  if (meta !== undefined && !isJsonObject(meta)) return expected('peerDependenciesMeta', meta, 'an object');
  const isList = Array.isArray(bundled) && bundled.every((name) => typeof name === 'string');
  return bundled === undefined || isList ? undefined : expected('bundleDependencies', bundled, 'a list of names');
}

function specsFault(field: string, specs: unknown): ShapeFault | undefined {
  if (specs === undefined) return undefined;
  if (!isJsonObject(specs)) return expected(field, specs, 'an object');
  for (const spec of Object.values(specs))
    if (typeof spec !== 'string') return expected(field, spec, 'only strings in it');
  return undefined;
}

const expected = (field: string, value: unknown, wanted: string): ShapeFault => ({
  field,
  reason: `it is ${value === undefined ? 'missing' : nameOf(value)}, expected ${wanted}`,
});
