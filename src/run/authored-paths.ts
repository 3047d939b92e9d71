import { realpathSync } from 'node:fs';
import path from 'node:path';

/** Linux alone tells `Handler.js` from `handler.js`, unless it is told otherwise. */
const FOLDS_CASE: ReadonlySet<NodeJS.Platform> = new Set(['win32', 'darwin']);

/**
 * Puts the author's own files in the place of the copies that a version runs: in what it prints, in why it does not run, and
 * for its debugger.
 */
export class AuthoredPaths {
  readonly #folder: string;
  readonly #authored: ReadonlyMap<string, string>;
  readonly #platform: NodeJS.Platform;

  /**
   * @param folder where the copies are
   * @param authored absolute paths, by path in the source; empty for a source in a manifest, which has no files
   */
  constructor(folder: string, authored: ReadonlyMap<string, string>, platform = process.platform) {
    this.#folder = folder + path.sep;
    this.#authored = authored;
    this.#platform = platform;
  }

  /** The author's file of a copy. */
  ownOf(copy: string): string | undefined {
    if (!copy.startsWith(this.#folder)) return undefined;
    return this.#authored.get(copy.slice(this.#folder.length).split(path.sep).join('/'));
  }

  /** The copy of a file of the author's, which an editor may have opened through a link or written in another case. */
  copyOf(own: string): string | undefined {
    const wanted = this.#comparable(own);
    return this.copies().find((each) => this.#comparable(each.own) === wanted)?.copy;
  }

  /** Every file of the author's, with its copy. */
  copies(): readonly { readonly own: string; readonly copy: string }[] {
    return [...this.#authored].map(([name, own]) => ({ own, copy: this.#folder + name.split('/').join(path.sep) }));
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
      const name = /^[^\s:"'()<>,]+/.exec(rest)?.[0] ?? '';
      const own = this.#authored.get(name.split(path.sep).join('/'));
      rewritten += text.slice(from, at) + (own ?? this.#folder + name);
      from = at + this.#folder.length + name.length;
    }
    return rewritten + text.slice(from);
  }

  /** The same for the reason of a server, which begins with a file of the source: `handler.js, line 3: ...`. */
  rewriteReason(text: string): string {
    const name = /^[^\s:,]+(?=[:,])/.exec(text)?.[0];
    const own = name === undefined ? undefined : this.#authored.get(name);
    if (name === undefined || own === undefined) return this.rewrite(text);
    const near = path.relative(process.cwd(), own);
    return (near.startsWith('..') ? own : near) + this.rewrite(text.slice(name.length));
  }
}

/** Of a file that may be gone since. */
export function realPathOf(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return path.resolve(file);
  }
}
