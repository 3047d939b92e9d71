/**
 * Loader hooks that strip the types of TypeScript files, for a Node.js that does not do it by itself (before 22.18). The
 * stripper is the one inside of Node itself, so that a Function means the same on every runtime: types become spaces, and
 * what would need code to be made (enums, namespaces) is refused.
 *
 * Node runs them in a thread of its own (nodejs.org/api/module.html#customization-hooks).
 */
import { transformSync } from '@swc/wasm-typescript';
import { readFile } from 'node:fs/promises';
import type { LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { moduleFormat } from './format.ts';
import { explain } from './explain.ts';

export const load: LoadHook = async (url, context, nextLoad) => {
  const extension = /^file:(?!.*\/node_modules\/).*(\.[cm]?ts)$/.exec(url)?.[1];
  if (extension === undefined) return await nextLoad(url, context);
  const file = fileURLToPath(url);
  const text = await readFile(file, 'utf8');
  const source = strip(text, file, url);
  return { format: moduleFormat(file, extension, source), source, shortCircuit: true };
};

function strip(text: string, filename: string, url: string): string {
  try {
    return transformSync(text, { mode: 'strip-only', filename }).code;
  } catch (error) {
    throw explain(error, text, url);
  }
}
