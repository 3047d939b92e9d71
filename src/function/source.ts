import type { Finding } from '../outcome/finding.ts';
import type { SourcePart } from './source-state.ts';
import type { SourceFiles } from './files.ts';
import { withoutEndingSlashes, withoutLeadingSlashes } from './slashes.ts';

/** Where a Function's code comes from, as `buildless.dev/source` says it. */
export type SourceReference = ConfigMapReference | GitReference | ImageReference;

export interface ConfigMapReference {
  readonly type: 'configmap';
  /** At least one and at most `MOST_CONFIG_MAPS`, each once: a source larger than a ConfigMap may be is divided. */
  readonly names: readonly string[];
}

export interface GitReference {
  readonly type: 'git';
  /** `https://HOST/PATH` or `ssh://[USER@]HOST/PATH`, without credentials. */
  readonly url: string;
  /** Branch, tag or commit; the remote's HEAD where absent. */
  readonly ref?: string;
  /** Folder inside the repository, relative, without `..`. */
  readonly directory?: string;
}

export interface ImageReference {
  readonly type: 'image';
  readonly reference: string;
}

/** A source as far as admission can see it. */
export type Source =
  | {
      readonly type: 'files';
      /** Of all its ConfigMaps. */
      readonly files: SourceFiles;
      readonly digest: string;
      /** Whether each ConfigMap has the Function's label. */
      readonly labelled: boolean;
      /** One for each ConfigMap, in the order of the reference. */
      readonly parts: readonly SourcePart[];
      /** How often its lock was resolved again for the same files: the sum over the ConfigMaps, so that raising any counts. */
      readonly refresh: number;
    }
  /** Git and image sources: read only inside the Pod. */
  | { readonly type: 'opaque' }
  /** `name` is the ConfigMap that does not exist. */
  | { readonly type: 'missing'; readonly name?: string }
  /** Of a stamped Pod: the revision is not stored, and the source does not have its files. */
  | { readonly type: 'revision-missing'; readonly name: string }
  | { readonly type: 'unreachable'; readonly reason: string }
  | { readonly type: 'invalid'; readonly findings: readonly Finding[] };

/** Whether a ref of Git names one commit and nothing else: all digits of a SHA-1 or a SHA-256. */
export const isFullCommit = (ref: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);

/** Gives the source that a reference names, in a namespace. Never throws; what goes wrong is one of the cases. */
export type SourceReader = (namespace: string, reference: SourceReference) => Promise<Source>;

/**
 * Writes a reference as `buildless.dev/source` has it.
 *
 * @example formatSource({ type: 'configmap', names: ['hello', 'hello-data'] }) // 'configmap:hello+hello-data'
 */
export function formatSource(reference: SourceReference): string {
  switch (reference.type) {
    case 'configmap':
      return `configmap:${reference.names.join('+')}`;
    case 'image':
      return `image:${reference.reference}`;
    case 'git': {
      const query = new URLSearchParams();
      if (reference.ref !== undefined) query.set('ref', reference.ref);
      if (reference.directory !== undefined) query.set('dir', reference.directory);
      // A slash may be in a query (RFC 3986, section 3.4), and a person reads it better so.
      const suffix = query.size === 0 ? '' : `?${query.toString().replaceAll('%2F', '/')}`;
      return `git+${reference.url}${suffix}`;
    }
  }
}

const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** As long as a path of Linux may be; the longest image reference is far shorter. */
const LONGEST_SOURCE = 4096;
/** Ten of 1 MiB each are more than a Function's own code ever is. */
const MOST_CONFIG_MAPS = 10;
const EXAMPLES =
  'configmap:NAME, configmap:NAME+NAME, git+https://HOST/PATH?ref=REF&dir=DIR, git+ssh://USER@HOST/PATH or image:REFERENCE';

/**
 * Reads the value of `buildless.dev/source`.
 *
 * @returns the reference, or what is wrong with the text (a sentence and its cure)
 */
export function parseSource(text: string): SourceReference | { readonly problem: string; readonly fix: string } {
  if (text.length > LONGEST_SOURCE) {
    return {
      problem: `the source has ${text.length} characters, more than ${LONGEST_SOURCE}`,
      fix: `write ${EXAMPLES}`,
    };
  }
  const value = text.trim();
  if (value.startsWith('configmap:')) return parseConfigMap(value.slice('configmap:'.length));
  if (value.startsWith('image:')) return parseImage(value.slice('image:'.length));
  if (value.startsWith('git+')) return parseGit(value.slice('git+'.length));
  // A plain name, as kustomize rewrites nothing else.
  if (DNS_SUBDOMAIN.test(value)) return { type: 'configmap', names: [value] };
  return { problem: `"${text}" is not a source`, fix: `write ${EXAMPLES}` };
}

function parseConfigMap(text: string): ReturnType<typeof parseSource> {
  const names = text.split('+');
  const wrong = names.find((name) => !DNS_SUBDOMAIN.test(name));
  if (wrong !== undefined) {
    return { problem: `"${wrong}" cannot be the name of a ConfigMap`, fix: 'name a ConfigMap of the same namespace' };
  }
  if (names.length > MOST_CONFIG_MAPS) {
    return {
      problem: `the source has ${names.length} ConfigMaps, more than ${MOST_CONFIG_MAPS}`,
      fix: 'use fewer, or move the source into a Git repository',
    };
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return { type: 'configmap', names };
  return { problem: `the source names the ConfigMap "${twice}" twice`, fix: 'name each ConfigMap once' };
}

function parseImage(reference: string): ReturnType<typeof parseSource> {
  if (/^[^\s:@][^\s]*$/.test(reference)) return { type: 'image', reference };
  return {
    problem: `"${reference}" is not an image reference`,
    fix: 'write image:REGISTRY/NAME:TAG or image:REGISTRY/NAME@DIGEST',
  };
}

function parseGit(address: string): ReturnType<typeof parseSource> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['https:', 'ssh:'].includes(url.protocol) || url.hostname === '') {
    return {
      problem: `"git+${redactUserInfo(address)}" is not a Git address over https or ssh`,
      fix: 'write git+https://HOST/PATH or git+ssh://USER@HOST/PATH',
    };
  }
  if (url.password !== '' || (url.protocol === 'https:' && url.username !== '')) {
    return {
      problem: 'the Git address carries credentials',
      fix: 'put them into a Secret and name it with buildless.dev/source-auth',
    };
  }
  const unknown = [...url.searchParams.keys()].filter((key) => key !== 'ref' && key !== 'dir');
  if (unknown.length > 0 || url.hash !== '') {
    return {
      problem: `the Git address has "${unknown[0] ?? url.hash}", which means nothing here`,
      fix: 'only ref=REF and dir=DIR may follow the "?"',
    };
  }
  const ref = url.searchParams.get('ref') ?? undefined;
  // A ref that begins with "-" would be read as an option by git.
  if (ref !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_./+@-]*$/.test(ref)) {
    return { problem: `"${ref}" is not a Git branch, tag or commit`, fix: 'write ?ref=BRANCH, TAG or COMMIT' };
  }
  const given = url.searchParams.get('dir') ?? undefined;
  const directory = given && withoutEndingSlashes(withoutLeadingSlashes(given));
  if (directory?.split('/').some((part) => part === '..' || part === '.git')) {
    return { problem: `dir=${directory} leaves the repository`, fix: 'name a folder inside it' };
  }
  url.search = '';
  return {
    type: 'git',
    url: url.toString(),
    ...(ref !== undefined && { ref }),
    ...(directory !== undefined && directory !== '' && { directory }),
  };
}

function redactUserInfo(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//***@');
}
