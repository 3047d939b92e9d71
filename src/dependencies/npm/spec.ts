import npa from 'npm-package-arg';
import semver, { type Range } from 'semver';
import { hideCredentials } from '../credentials.ts';
import { parseRange } from './range.ts';
import { isValidName } from './valid-name.ts';

/** What npm would make of the text that a package.json asks for. */
export type Spec =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'range'; readonly range: Range }
  | { readonly kind: 'tag'; readonly tag: string }
  | GitSpec
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'file' | 'directory'; readonly path: SourcePath }
  | { readonly kind: 'alias'; readonly name: string; readonly target: RegistrySpec }
  /** A protocol that npm does not know; `workspace:` and the like are other package managers'. */
  | { readonly kind: 'protocol'; readonly protocol: string }
  | { readonly kind: 'invalid'; readonly reason: string };

type RegistrySpec = Extract<Spec, { kind: 'version' | 'range' | 'tag' }>;

export interface GitSpec {
  readonly kind: 'git';
  /** Names the repository, alike however it is written. */
  readonly repository: string;
  /** After the `#`; `semver:` apart. */
  readonly committish: string | undefined;
  readonly range: string | undefined;
}

/** Path inside the source, `''` for its root; undefined if it lies outside. */
type SourcePath = string | undefined;

/** Longest text that is looked at; a URL that a browser takes is shorter. */
export const LONGEST_SPEC = 2048;
/** Of a version, semver reads 256 characters at most. It has no limit for a range, and needs 20 ms for one of 2 KB. */
const LONGEST_RANGE = 256;
/** Of an override: NAME@RANGE. */
export const LONGEST_KEY = 512;

/** Where the source is for npm-package-arg, which resolves paths; nothing is read there. */
const ROOT = '/source';

/**
 * Reads a spec with npm's own parser.
 *
 * @param folder of the package.json inside the source, `''` for its root
 */
export function parseSpec(name: string, text: string, folder = ''): Spec {
  if (text.length > LONGEST_SPEC) {
    return { kind: 'invalid', reason: `it is longer than ${LONGEST_SPEC} characters` };
  }
  if (text.length > LONGEST_RANGE && isRange(text)) {
    return { kind: 'invalid', reason: `it is longer than the ${LONGEST_RANGE} characters that a range may have` };
  }
  const plain = plainSpec(name, text);
  if (plain !== undefined) return plain;
  const where = folder === '' ? ROOT : `${ROOT}/${folder}`;
  try {
    // npm reads an empty text as `*`.
    return specOf(npa.resolve(name, text === '' ? '*' : text, where), where);
  } catch (error) {
    const protocol = /^\s*([a-z][a-z+.-]*):/i.exec(text)?.[1]?.toLowerCase();
    if (codeOf(error) === 'EUNSUPPORTEDPROTOCOL' && protocol !== undefined) return { kind: 'protocol', protocol };
    return { kind: 'invalid', reason: error instanceof Error ? reasonOf(error.message) : 'npm cannot read it' };
  }
}

/** Neither an address nor a path, or an alias, whose range is behind the name. */
const isRange = (text: string): boolean => !/[/:]/.test(text) || /^npm:/i.test(text) || /#semver:/i.test(text);

/** Whether a string is a full commit: SHA-1 or SHA-256. A shorter one may also be a branch's or a tag's name. */
export const isCommit = (text: string | undefined): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text ?? '');

/**
 * What can only be a version, a range or a tag: it has neither the slash nor the colon of a path, an address or an alias. npm's
 * parser would first look whether it is a repository, which takes most of its time.
 */
const OF_REGISTRY = /^[\d^~<>=*][\w.*^~<>=|+ -]*$/;
/** It takes these for files (npm-package-arg's npa.js). */
const ARCHIVE = /[.](?:tgz|tar\.gz|tar)$/i;

/** Nearly every pinned dependency. */
export const isRelease = (text: string): boolean => RELEASE.test(text);
const RELEASE = /^(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})\.(?:0|[1-9]\d{0,14})$/;

/** Of these texts, that is; semver throws if one is none, which takes longer than to look. */
const isVersion = (text: string): boolean => /^[=\d]/.test(text) && semver.valid(text, { loose: true }) !== null;

function plainSpec(name: string, text: string): Spec | undefined {
  if (!isValidName(name)) return undefined;
  if (isRelease(text)) return { kind: 'version', version: text };
  if (!OF_REGISTRY.test(text) || ARCHIVE.test(text)) return undefined;
  if (isVersion(text)) return { kind: 'version', version: text.trim() };
  const range = parseRange(text.trim());
  return range === undefined ? undefined : { kind: 'range', range };
}

function specOf(result: npa.Result, where: string): Spec {
  const text = result.rawSpec.trim();
  switch (result.type) {
    case 'version':
      return { kind: 'version', version: text };
    case 'range': {
      const range = parseRange(text);
      return range === undefined ? { kind: 'invalid', reason: 'it is not a range' } : { kind: 'range', range };
    }
    case 'tag':
      return { kind: 'tag', tag: text };
    case 'git':
      return {
        kind: 'git',
        repository: repositoryOf(result),
        committish: result.gitCommittish ?? undefined,
        range: result.gitRange,
      };
    case 'remote':
      return { kind: 'remote', url: result.fetchSpec ?? text };
    case 'file':
    case 'directory':
      return { kind: result.type, path: insideSource(result) };
    case 'alias': {
      const { subSpec } = result as npa.AliasResult;
      const target = specOf(subSpec, where);
      return target.kind === 'version' || target.kind === 'range' || target.kind === 'tag'
        ? { kind: 'alias', name: subSpec.name ?? '', target }
        : { kind: 'invalid', reason: 'an alias works for packages of a registry only' };
    }
  }
}

function repositoryOf({ hosted, fetchSpec }: npa.Result): string {
  if (hosted !== undefined) return `${hosted.domain}/${hosted.user}/${hosted.project}`.toLowerCase();
  return fetchSpec ?? '';
}

/** npm keeps in `saveSpec` what is absolute, and `~/x`, which is below the home directory of whoever installs. */
function insideSource({ saveSpec, fetchSpec }: npa.Result): SourcePath {
  if (/^file:[/~]/.test(saveSpec ?? '') || fetchSpec === null) return undefined;
  if (fetchSpec === ROOT) return '';
  return fetchSpec.startsWith(`${ROOT}/`) ? fetchSpec.slice(ROOT.length + 1) : undefined;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** npm's own words, without the name that the finding gives anyway. */
function reasonOf(message: string): string {
  const reason = hideCredentials(message.replace(/\.$/, ''));
  const tag = /^Invalid tag name .*?: (.*)$/s.exec(reason)?.[1];
  const text = tag === undefined ? reason : 'it is neither a version, nor a range, a tag, a URL or a path';
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.slice(0, 200);
}
