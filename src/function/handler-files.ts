import type { SourceFiles } from './files.ts';
import type { Handler, SourceView } from './handler.ts';
import { DEFAULT_EXPORT, DEFAULT_HANDLER_FILE } from './keys.ts';
import { LANGUAGES, type Language } from './languages.ts';

/**
 * The files that a handler may be in, the preferred first.
 *
 * @example handlerFiles({ file: 'handler', export: 'main' }, language) // ['handler.js', 'handler.mjs', 'handler.cjs', ...]
 */
export function handlerFiles(handler: Handler, language: Language): readonly string[] {
  const { extensions, handlerStems = (file: string) => [file] } = LANGUAGES.of(language);
  return handlerStems(handler.file).flatMap((stem) => extensions.map((extension) => stem + extension));
}

/** The handler if nothing names one. */
const FALLBACK_HANDLER: Handler = { file: DEFAULT_HANDLER_FILE, export: DEFAULT_EXPORT };

/**
 * The handler of a source whose author did not name one: what the source says in the way of its language, else `handler.main`.
 * Admission, `prepare` and the server all ask here.
 *
 * @param source undefined if it cannot be seen yet
 * @returns undefined if it depends on a source that cannot be seen
 */
export function chooseHandler(language: Language, source: SourceView): Handler;
export function chooseHandler(language: Language, source: SourceView | undefined): Handler | undefined;
export function chooseHandler(language: Language, source: SourceView | undefined): Handler | undefined {
  const { handlerOfSource } = LANGUAGES.of(language);
  if (handlerOfSource === undefined) return FALLBACK_HANDLER;
  return source === undefined ? undefined : (handlerOfSource(source) ?? FALLBACK_HANDLER);
}

/** The files of a source as `chooseHandler` looks at them. */
export const viewOf = (files: ReadonlyMap<string, Uint8Array>): SourceView => ({
  has: (file) => files.has(file),
  read: (file) => {
    const content = files.get(file);
    return content === undefined ? undefined : new TextDecoder().decode(content);
  },
});

/** By the files, which are the same object as long as a source does not change. */
const chosen = new WeakMap<SourceFiles, { readonly language: Language; readonly handler: Handler }>();

/** As `chooseHandler`, and remembers the choice: each new template of a Function would have its package.json parsed again. */
export function handlerOf(language: Language, files: SourceFiles | undefined): Handler | undefined {
  if (files === undefined) return chooseHandler(language, undefined);
  const known = chosen.get(files);
  if (known?.language === language) return known.handler;
  const handler = chooseHandler(language, viewOf(files));
  chosen.set(files, { language, handler });
  return handler;
}
