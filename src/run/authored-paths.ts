import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { TextPlace } from '../manifests/file-place.ts';

/** What a file of a source was read from. */
export interface AuthoredFile {
  /** Absolute, unless it is the standard input. */
  readonly file: string;
  /** Of a key of a ConfigMap in a manifest: where a place in its text is there; that of the key if none is given. */
  readonly placeOf?: (place?: TextPlace) => TextPlace;
}

/** Linux alone tells `Handler.js` from `handler.js`, unless it is told otherwise. */
const FOLDS_CASE: ReadonlySet<NodeJS.Platform> = new Set(['win32', 'darwin']);

/**
 * Puts the author's own files in the place of the copies that a version runs: in what it prints, in why it does not run, and
 * for its debugger.
 */
export class AuthoredPaths {
  readonly #folder: string;
  readonly #authored: ReadonlyMap<string, AuthoredFile>;
  readonly #platform: NodeJS.Platform;
  readonly #separator: string;

  /**
   * @param folder where the copies are
   * @param authored by path in the source
   */
  constructor(folder: string, authored: ReadonlyMap<string, AuthoredFile>, platform = process.platform) {
    this.#separator = (platform === 'win32' ? path.win32 : path.posix).sep;
    this.#folder = folder + this.#separator;
    this.#authored = authored;
    this.#platform = platform;
  }

  /** The author's file of a copy. */
  ownOf(copy: string): string | undefined {
    if (!copy.startsWith(this.#folder)) return undefined;
    const own = this.#authored.get(copy.slice(this.#folder.length).split(this.#separator).join('/'));
    return own?.placeOf === undefined ? own?.file : undefined;
  }

  /** The copy of a file of the author's, which an editor may have opened through a link or written in another case. */
  copyOf(own: string): string | undefined {
    const wanted = this.#comparable(own);
    return this.copies().find((each) => this.#comparable(each.own) === wanted)?.copy;
  }

  /** Every file of the author's, with its copy; what a manifest holds has no file of its own. */
  copies(): readonly { readonly own: string; readonly copy: string }[] {
    return [...this.#authored].flatMap(([name, { file, placeOf }]) =>
      placeOf === undefined ? [{ own: file, copy: this.#folder + name.split('/').join(this.#separator) }] : [],
    );
  }

  #comparable(file: string): string {
    const real = realPathOf(file);
    return FOLDS_CASE.has(this.#platform) ? real.toLowerCase() : real;
  }

  /** The text with each copy's path replaced, also in `file:` URLs. */
  rewrite(text: string): string {
    if (this.#authored.size === 0) return text;
    let rewritten = '';
    let from = 0;
    for (let at = text.indexOf(this.#folder); at !== -1; at = text.indexOf(this.#folder, from)) {
      const rest = text.slice(at + this.#folder.length);
      const name = (this.#platform === 'win32' ? WINDOWS_NAME : NAME).exec(rest)?.[0] ?? '';
      const own = this.#authored.get(name.split(this.#separator).join('/'));
      const copy = this.#folder + name;
      const { read, written } = placed(own ?? { file: copy }, copy, rest.slice(name.length));
      rewritten += text.slice(from, at) + written;
      from = at + this.#folder.length + name.length + read;
    }
    return rewritten + text.slice(from);
  }

  /** The same for the reason of a server, which begins with a file of the source: `handler.js, line 3: ...`. */
  rewriteReason(text: string): string {
    const [, name = '', line] = /^([^\s:,]+)(?:, line (\d{1,9}))?(?=[:,])/.exec(text) ?? [];
    const own = this.#authored.get(name);
    if (own === undefined) return this.rewrite(text);
    const near = path.isAbsolute(own.file) ? path.relative(process.cwd(), own.file) : own.file;
    const file = near.startsWith('..') ? own.file : near;
    if (own.placeOf === undefined) return file + this.rewrite(text.slice(name.length));
    const place = own.placeOf(line === undefined ? undefined : { line: Number(line), column: 1 });
    const said = line === undefined ? name.length : name.length + `, line ${line}`.length;
    return `${file}, line ${place.line} (${text.slice(0, said)})${this.rewrite(text.slice(said))}`;
  }
}

/** Up to what may follow a path: in a line of JSON that is also the backslash before a quote. */
const NAME = /^[^\s:"'()<>,\\]+/;
const WINDOWS_NAME = /^[^\s:"'()<>,]+/;

/** `:LINE:COLUMN` or `:LINE` of Node.js, `", line LINE` of Python, `, line LINE` of our servers. */
const PLACE = /^(?::(\d{1,9})(?::(\d{1,9}))?|((?:\\?")?, line )(\d{1,9}))/;

/**
 * A file of the author's with the place that follows the path of its copy. Of a manifest only a place stands for one of the copy: its
 * path alone is that of another file.
 *
 * @returns how much of `after` is replaced as well
 */
function placed(
  { file, placeOf }: AuthoredFile,
  copy: string,
  after: string,
): { readonly read: number; readonly written: string } {
  if (placeOf === undefined) return { read: 0, written: file };
  const [whole = '', line, column, quoted = '', quotedLine] = PLACE.exec(after) ?? [];
  if (whole === '') return { read: 0, written: copy };
  const place = placeOf({ line: Number(line ?? quotedLine), column: Number(column ?? 1) });
  const numbers = column === undefined ? [place.line] : [place.line, place.column];
  const behind = line === undefined ? `${quoted}${place.line}` : numbers.map((each) => `:${each}`).join('');
  return { read: whole.length, written: file + behind };
}

/** Of a file that may be gone since. */
export function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return path.resolve(file);
  }
}
