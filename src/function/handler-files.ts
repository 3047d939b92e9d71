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
export const FALLBACK_HANDLER: Handler = { file: DEFAULT_HANDLER_FILE, export: DEFAULT_EXPORT };

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
