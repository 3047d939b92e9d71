import {
  addressProblem,
  eggName,
  isDownload,
  isUrl,
  parseAddress,
  repositorySystem,
  schemeOf,
  wheelName,
} from './addresses.ts';
import { SyntaxProblem } from './cursor.ts';
import { strip } from './logical-lines.ts';
import { resolveInside, type SourceTree } from './paths.ts';
import { parseDependency, parseMarker } from './pep508.ts';
import type { Clause } from './versions.ts';

/** What a requirement makes pip install. */
type Target =
  | {
      readonly kind: 'index';
      readonly name: string;
      readonly extras: readonly string[];
      readonly clauses: readonly Clause[];
    }
  | { readonly kind: 'address'; readonly name?: string; readonly extras?: readonly string[]; readonly url: string }
  | {
      readonly kind: 'repository';
      readonly name?: string;
      readonly extras?: readonly string[];
      readonly url: string;
      readonly system: string;
      /** What is behind the last "@". */
      readonly revision?: string;
    }
  | {
      readonly kind: 'path';
      readonly name?: string;
      readonly extras: readonly string[];
      readonly written: string;
      /** Undefined if it leads outside the source. */
      readonly path?: string;
    };

export interface ReadRequirement {
  readonly target: Target;
  /** As written; empty if there is none. */
  readonly marker: string;
}

// ARCHIVE_EXTENSIONS of pip's filetypes.py.
const ARCHIVE = /\.(?:zip|whl|tar\.bz2|tbz|tar\.gz|tgz|tar|tar\.xz|txz|tlz|tar\.lz|tar\.lzma)$/i;

/**
 * Reads a requirement as pip does (`parse_req_from_line` in its constructors.py): a URL, a folder or archive of the source,
 * or what PEP 508 allows. pip runs in the source's folder, so that is where paths begin, also in an included file.
 */
export function readRequirement(text: string, tree: SourceTree): ReadRequirement | SyntaxProblem {
  // A URL may hold a ";", so pip wants a space behind the one that begins a marker.
  const separator = isUrl(text) ? '; ' : ';';
  const split = text.indexOf(separator);
  const name = strip(split === -1 ? text : text.slice(0, split));
  const marker = split === -1 ? '' : strip(text.slice(split + separator.length));
  const markerProblem = marker === '' ? undefined : parseMarker(marker);
  if (markerProblem instanceof SyntaxProblem) {
    return new SyntaxProblem(
      markerProblem.problem,
      text.length - text.slice(split + separator.length).trimStart().length + markerProblem.offset,
    );
  }
  const target = isUrl(name) ? targetOfUrl(name) : readName(name, tree);
  if (target instanceof SyntaxProblem) return target;
  const file = target.kind === 'address' ? parseAddress(target.url).path : target.kind === 'path' ? target.written : '';
  if (target.name === undefined && file.toLowerCase().endsWith('.whl')) {
    return new SyntaxProblem('the file name of a wheel is NAME-VERSION-PYTHON-ABI-PLATFORM.whl', 0);
  }
  return { target, marker };
}

/** Reads the value of `-e`: a folder, a repository, or `NAME @ REPOSITORY`. */
export function readEditable(text: string, tree: SourceTree): ReadRequirement | SyntaxProblem {
  const dependency = parseDependency(text);
  if (!(dependency instanceof SyntaxProblem) && dependency.url !== undefined) {
    const target = targetOfUrl(dependency.url, dependency.name, dependency.extras);
    return target instanceof SyntaxProblem ? target : { target, marker: dependency.marker ?? '' };
  }
  const { path, extras } = stripExtras(text);
  const folder = folderTarget(path, extras, tree);
  if (folder !== undefined) return { target: folder, marker: '' };
  const target = isUrl(text) ? targetOfUrl(text) : undefined;
  if (target instanceof SyntaxProblem) return target;
  if (target?.kind === 'repository' || target?.kind === 'path') return { target, marker: '' };
  if (looksLikePath(path)) return { target: missing(path, extras), marker: '' };
  return new SyntaxProblem('-e takes a folder of the source or a repository', 0);
}

function readName(name: string, tree: SourceTree): Target | SyntaxProblem {
  const { path, extras } = stripExtras(name);
  const folder = looksLikePath(name) ? folderTarget(path, extras, tree) : undefined;
  if (folder !== undefined) return folder;
  if (ARCHIVE.test(path)) {
    const inside = resolveInside('', path, tree.folders);
    const package_ = wheelName(path);
    const target: Target = {
      kind: 'path',
      written: path,
      extras,
      ...(package_ !== undefined && { name: package_ }),
      ...(inside !== undefined && { path: inside }),
    };
    const at = name.indexOf('@');
    if ((inside !== undefined && tree.files.has(inside)) || at === -1 || looksLikePath(name.slice(0, at)))
      return target;
  }
  const dependency = parseDependency(name);
  if (dependency instanceof SyntaxProblem)
    return looksLikePath(name) && /^[./]|^[\w.-]+\//.test(name) ? missing(path, extras) : dependency;
  if (dependency.url !== undefined) return targetOfUrl(dependency.url, dependency.name, dependency.extras);
  return { kind: 'index', name: dependency.name, extras: dependency.extras, clauses: dependency.clauses };
}

function targetOfUrl(url: string, name?: string, extras?: readonly string[]): Target | SyntaxProblem {
  const scheme = schemeOf(url);
  const system = scheme === undefined ? undefined : repositorySystem(scheme);
  if (scheme === undefined) return new SyntaxProblem('the part after "@" is not a URL', 0);
  const odd = scheme === 'file' ? undefined : addressProblem(url);
  if (odd !== undefined) return new SyntaxProblem(odd, 0);
  const { path, host } = parseAddress(url);
  const known = name ?? eggName(url) ?? wheelName(path);
  const named = { ...(known !== undefined && { name: known }), ...(extras !== undefined && { extras }) };
  if (scheme === 'file')
    return { kind: 'path', written: url, extras: extras ?? [], ...(known !== undefined && { name: known }) };
  if (system !== undefined) {
    const at = path.lastIndexOf('@');
    const revision = at === -1 ? undefined : path.slice(at + 1);
    if (revision === '') return new SyntaxProblem('a commit should follow the "@"', 0);
    return { kind: 'repository', url, system, ...named, ...(revision !== undefined && { revision }) };
  }
  if (!isDownload(scheme) || host === '') return new SyntaxProblem(`pip cannot fetch from ${scheme}: in this form`, 0);
  return { kind: 'address', url, ...named };
}

/** A folder of the source; undefined if there is none of this name. */
function folderTarget(written: string, extras: readonly string[], tree: SourceTree): Target | undefined {
  const path = resolveInside('', written, tree.folders);
  if (path === undefined || !tree.folders.has(path)) return undefined;
  return { kind: 'path', written, extras, path };
}

const missing = (written: string, extras: readonly string[]): Target => {
  const path = resolveInside('', written);
  return { kind: 'path', written, extras, ...(path !== undefined && { path }) };
};

/** `_looks_like_path` of pip. */
const looksLikePath = (name: string): boolean => name.includes('/') || name.startsWith('.');

/** `./lib[extra]`: the folder and the extras. */
function stripExtras(text: string): { readonly path: string; readonly extras: readonly string[] } {
  const open = text.lastIndexOf('[');
  const inner = text.slice(open + 1, -1);
  if (!text.endsWith(']') || open < 1 || inner === '' || inner.includes(']')) return { path: text, extras: [] };
  return { path: text.slice(0, open).trimEnd(), extras: inner.split(',').map(strip) };
}
