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
  if (dot < 1 || name === '') return { problem: `"${text}" is not a handler`, fix };
  if (!IDENTIFIER.test(name)) return { problem: `"${name}" cannot be the name of a function`, fix };
  const outside = file.startsWith('/') || file.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (outside || /[\\\0]/.test(file)) return { problem: `"${file}" is not a path inside the source`, fix };
  return { file, export: name };
}

/** What choosing a handler asks of a source. */
export interface SourceView {
  has(file: string): boolean;
  /** Text of a file; undefined if the source does not have it. */
  read(file: string): string | undefined;
}
