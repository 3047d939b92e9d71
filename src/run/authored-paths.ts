import path from 'node:path';

/**
 * Puts the author's own files in the place of the copies that a version runs: in what it prints, and in why it does not run.
 */
export class AuthoredPaths {
  readonly #folder: string;
  readonly #authored: ReadonlyMap<string, string>;

  /**
   * @param folder where the copies are
   * @param authored absolute paths, by path in the source; empty for a source in a manifest, which has no files
   */
  constructor(folder: string, authored: ReadonlyMap<string, string>) {
    this.#folder = folder + path.sep;
    this.#authored = authored;
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
