import { withoutEndingSlashes } from '../function/slashes.ts';
/** A folder (or file) of this machine that stands for a path of the Pod. */
export interface Mapping {
  /** Absolute path in the Pod. */
  readonly podPath: string;
  /** Absolute path here. */
  readonly localPath: string;
}

/** What a path may be behind and before in an argument or a variable: `--root=/buildless`, `/a:/b`, `file:///tmp/x`. */
const BEFORE = String.raw`(?<=^|[=:,;'"\s(\[]|file://)`;
const AFTER = String.raw`(?=$|[/:,;'"\s)\]])`;

/**
 * Puts folders of this machine in the place of a container's mounts: without a file system of its own, whatever names one
 * of its paths has to be rewritten.
 */
export class PathMap {
  readonly #localPaths: ReadonlyMap<string, string>;
  readonly #pattern: RegExp;

  constructor(mappings: readonly Mapping[]) {
    this.#localPaths = new Map(mappings.map(({ podPath, localPath }) => [trimmed(podPath), localPath]));
    // The longest first, as a mount may lie inside another.
    const paths = [...this.#localPaths.keys()].sort((a, b) => b.length - a.length).map(escaped);
    this.#pattern = paths.length === 0 ? /(?!)/g : new RegExp(`${BEFORE}(?:${paths.join('|')})${AFTER}`, 'g');
  }

  /** The text with each path below a mount rewritten. */
  rewrite(text: string): string {
    return text.replace(this.#pattern, (podPath) => this.#localPaths.get(podPath) ?? podPath);
  }

  /** Where an absolute path of the Pod is on this machine; undefined if it is below no mount. */
  locate(podPath: string): string | undefined {
    const mount = [...this.#localPaths.keys()]
      .filter((candidate) => podPath === candidate || podPath.startsWith(`${candidate}/`))
      .sort((a, b) => b.length - a.length)[0];
    return mount === undefined ? undefined : (this.#localPaths.get(mount) ?? '') + podPath.slice(mount.length);
  }
}

const trimmed = (podPath: string): string => withoutEndingSlashes(podPath) || podPath.slice(0, 1);
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
