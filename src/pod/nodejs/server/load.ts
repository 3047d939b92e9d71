/** Loads the handler: MOD_NAME names its file, FUNC_HANDLER its export. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler } from '../../../../types/index.d.ts';
import { EXTENSIONS } from '../../../function/languages/nodejs.ts';
import { nearest } from '../../../outcome/nearest.ts';
import { explainLoadFailure } from './load-failure.ts';
import { listFiles, listing } from './listing.ts';
import type { Problem, Settings } from './settings.ts';
import { supportTypeScript } from './typescript/register.ts';

const ANNOTATION = 'name the file and the function in the annotation buildless.dev/handler, as FILE.EXPORT';

/** The function that answers the calls, or why there is none. */
export async function loadHandler(settings: Settings): Promise<{ readonly handler: Handler } | Problem> {
  const file = findFile(settings);
  if (typeof file !== 'string') return file;
  supportTypeScript(file);
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    return explainLoadFailure(error, settings, file);
  }
  return findExport(loaded, settings, path.relative(settings.folder, file));
}

function findFile({ folder, module }: Settings): string | Problem {
  const base = path.join(folder, module);
  const found = EXTENSIONS.map((extension) => base + extension).find(
    (file) => existsSync(file) && statSync(file).isFile(),
  );
  if (found !== undefined) return found;
  const prefix = existsSync(path.dirname(base)) ? path.join(path.dirname(module), '/') : '/';
  const files = listFiles(path.join(folder, prefix)).map((name) => (prefix === './' ? name : prefix + name));
  const near = nearest(
    module,
    files.map((name) => name.replace(/\.[cm]?[jt]s$/, '')),
  );
  const problem = [
    `${folder}: the handler is missing.`,
    `  looked for: ${EXTENSIONS.map((extension) => module + extension).join(', ')} (MOD_NAME is "${module}")`,
    `  found:      ${listing(files)}`,
    `  to fix it:  ${ANNOTATION}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
  ];
  return { problem: problem.join('\n') };
}

/** A named export, or a property of the default one: what `module.exports` is for a CommonJS module. */
function findExport(loaded: unknown, settings: Settings, file: string): { readonly handler: Handler } | Problem {
  const name = settings.export;
  const byDefault = property(loaded, 'default');
  // `exports.default` is what a compiler makes of `export default` for CommonJS: then there are two of them.
  const value = property(loaded, name) ?? property(byDefault, name) ?? property(property(byDefault, 'default'), name);
  if (isHandler(value)) return { handler: value };
  // `module.exports = (req, res) => ...` and an application of Express, which is a function.
  if (settings.api === 'http' && value === undefined && isHandler(byDefault)) return { handler: byDefault };
  // Node finds the names of a CommonJS module by its text, and not all of them; all are in the default export.
  const named = new Map([...exportsOf(property(byDefault, 'default')), ...exportsOf(byDefault), ...exportsOf(loaded)]);
  const exports = [...named].filter(([key]) => !['default', 'module.exports', '__esModule'].includes(key));
  const whole = isHandler(byDefault)
    ? [
        `the ${property(loaded, 'module.exports') === undefined ? 'default export' : 'module.exports'} (a function itself)`,
      ]
    : [];
  const near = nearest(
    name,
    exports.filter(([, exported]) => isHandler(exported)).map(([key]) => key),
  );
  const what = value === undefined ? 'is missing' : `is ${kindOf(value)}, not a function`;
  const problem = [
    `${file}: ${name} ${what}.`,
    `  looked for: module.exports = { ${name}(event, context) { ... } } or export function ${name}(event, context) (FUNC_HANDLER is "${name}")`,
    `  found:      ${listing([...exports.map(([key, exported]) => `${key} (${kindOf(exported)})`), ...whole])}`,
    `  to fix it:  export it, or ${ANNOTATION}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
  ];
  return { problem: problem.join('\n') };
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

const property = (of: unknown, name: string): unknown =>
  (typeof of === 'object' || typeof of === 'function') && of !== null ? Reflect.get(of, name) : undefined;

const exportsOf = (of: unknown): [string, unknown][] =>
  typeof of === 'object' && of !== null ? Object.entries(of) : [];

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'a list' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
};
