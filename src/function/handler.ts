import { DEFAULT_EXPORT, DEFAULT_HANDLER_FILE } from './keys.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { withoutEndingSlashes } from './slashes.ts';

/** `FILE.EXPORT`: which function of which file answers the calls. */
export interface Handler {
  /** Path inside the source without its extension, e.g. `handler` or `lib/orders`. */
  readonly file: string;
  readonly export: string;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Reads the value of `buildless.dev/handler`; the last dot separates file and export.
 *
 * @example parseHandler('lib/orders.create') // { file: 'lib/orders', export: 'create' }
 * @returns the handler, or what is wrong with the text and its cure
 */
export function parseHandler(text: string): Handler | { readonly problem: string; readonly fix: string } {
  const value = text.trim();
  const dot = value.lastIndexOf('.');
  const file = value.slice(0, Math.max(dot, 0));
  const name = value.slice(dot + 1);
  const fix = 'write FILE.EXPORT without the extension, such as handler.main or lib/orders.create';
  if (dot < 1 || name === '') return { problem: `"${text}" is no handler`, fix };
  if (!IDENTIFIER.test(name)) return { problem: `"${name}" cannot be the name of a function`, fix };
  const outside = file.startsWith('/') || file.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (outside || /[\\\0]/.test(file)) return { problem: `"${file}" is no path inside the source`, fix };
  return { file, export: name };
}

/**
 * The files that a handler may stand in, the preferred first. In Python a dot in FILE may also stand for a package's
 * folder, as in an import.
 *
 * @example handlerFiles({ file: 'handler', export: 'main' }, 'nodejs') // ['handler.js', 'handler.mjs', 'handler.cjs']
 */
export function handlerFiles(handler: Handler, language: Language): readonly string[] {
  const stems =
    language === 'python' ? [...new Set([handler.file, handler.file.replaceAll('.', '/')])] : [handler.file];
  return stems.flatMap((stem) => LANGUAGES[language].extensions.map((extension) => stem + extension));
}

/** The handler where nothing names one. */
const DEFAULT: Handler = { file: DEFAULT_HANDLER_FILE, export: DEFAULT_EXPORT };

/** What choosing a handler asks of a source. */
export interface SourceView {
  has(file: string): boolean;
  /** Text of the source's package.json. */
  readonly manifest: string | undefined;
}

/**
 * The handler of a source whose author did not name one: `main` of package.json (Node.js) where that is a file of the
 * source, as `npm init` writes an index.js there that may never be made; else `handler.main`. Admission, `prepare` and the
 * server all ask here.
 *
 * @param source undefined where it cannot be seen yet
 * @returns undefined where it depends on a source that cannot be seen
 */
export function chooseHandler(language: Language, source: SourceView): Handler;
export function chooseHandler(language: Language, source: SourceView | undefined): Handler | undefined;
export function chooseHandler(language: Language, source: SourceView | undefined): Handler | undefined {
  if (language !== 'nodejs') return DEFAULT;
  if (source === undefined) return undefined;
  const main = mainOf(source.manifest);
  if (main === undefined) return DEFAULT;
  for (const files of filesOf(main)) {
    const [first = ''] = files;
    const named = parseHandler(`${withoutExtension(first)}.${DEFAULT_EXPORT}`);
    if (!('problem' in named) && files.some((file) => source.has(file))) return named;
  }
  return DEFAULT;
}

/** What `main` of package.json may stand for, in Node's order: a file, one without its extension, the index of a folder. */
function filesOf(main: string): readonly (readonly string[])[] {
  const path = withoutEndingSlashes(main.replace(/^(?:\.\/)+/, ''));
  const withExtensions = (stem: string): string[] => LANGUAGES.nodejs.extensions.map((extension) => stem + extension);
  if (path === '' || path === '.') return [withExtensions('index')];
  const file = withoutExtension(path) === path ? withExtensions(path) : [path];
  return [file, withExtensions(`${path}/index`)];
}

function withoutExtension(file: string): string {
  const extension = LANGUAGES.nodejs.extensions.find((ending) => file.endsWith(ending));
  return extension === undefined ? file : file.slice(0, -extension.length);
}

function mainOf(manifest: string | undefined): string | undefined {
  if (manifest === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(manifest);
    const main = typeof parsed === 'object' && parsed !== null && 'main' in parsed ? parsed.main : undefined;
    return typeof main === 'string' ? main : undefined;
  } catch {
    // What is wrong with it, the dependency policy and the installer say better.
    return undefined;
  }
}

/** The files of a source as `chooseHandler` looks at them. */
export function viewOf(files: ReadonlyMap<string, Uint8Array>): SourceView {
  const manifest = files.get('package.json');
  return {
    has: (file) => files.has(file),
    manifest: manifest === undefined ? undefined : new TextDecoder().decode(manifest),
  };
}
