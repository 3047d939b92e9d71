/**
 * Messages of the inspector protocol with the author's files in the place of the copies that run.
 * https://chromedevtools.github.io/devtools-protocol/v8/Debugger
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isObject } from '../../kubernetes/object.ts';
import { realPathOf, type AuthoredPaths } from '../authored-paths.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: unknown;
}

export function parseMessage(text: string): InspectorMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Parameters of `Debugger.setBreakpointByUrl` for the copies: Chrome names a script by `url`, VS Code by `urlRegex`. */
export function breakpointInCopy({ url, urlRegex, ...params }: Fields, paths: AuthoredPaths): Fields {
  if (typeof url === 'string') {
    const copy = isFileUrl(url) ? paths.copyOf(fileURLToPath(url)) : undefined;
    return { ...params, url: copy === undefined ? url : pathToFileURL(copy).href };
  }
  if (typeof urlRegex !== 'string') return params;
  const pattern = patternOf(urlRegex);
  const copies = paths
    .copies()
    .filter(({ own }) => [own, realPathOf(own)].some((file) => pattern?.test(pathToFileURL(file).href)))
    .map(({ copy }) => `^${escaped(pathToFileURL(copy).href)}$`);
  // Still what it was for other scripts, such as those of packages.
  return { ...params, urlRegex: [...copies, `(?:${urlRegex})`].join('|') };
}

/** What the program sends, for the debugger: URLs of scripts and traces of errors. Values stay what they are. */
export function withAuthoredFiles(message: InspectorMessage, paths: AuthoredPaths): InspectorMessage {
  const { params, result } = message;
  return {
    ...message,
    ...(params !== undefined && { params: withoutForeignHash(rewriteFields(params, paths), params) }),
    ...(result !== undefined && { result: rewriteFields(result, paths) }),
  };
}

/** In TypeScript, types have become spaces: each place is the file's, but VS Code would take the content for another file. */
function withoutForeignHash(script: Fields, before: Fields): Fields {
  const isCopy = 'hash' in script && script.url !== before.url;
  return isCopy && !/\.[cm]?js$/.test(String(script.url)) ? { ...script, hash: '' } : script;
}

function rewriteFields(fields: Fields, paths: AuthoredPaths): Fields {
  const rewrite = (name: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((each: unknown) => (isObject(each) ? rewriteFields(each, paths) : each));
    if (isObject(value)) return name === 'value' ? value : rewriteFields(value, paths);
    if (typeof value !== 'string') return value;
    if (name === 'url') return authoredUrl(value, paths);
    // Of a RemoteObject, or its preview.
    return name === 'description' && fields.subtype === 'error' ? paths.rewrite(value) : value;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, rewrite(name, value)]));
}

function authoredUrl(url: string, paths: AuthoredPaths): string {
  const own = isFileUrl(url) ? paths.ownOf(fileURLToPath(url)) : undefined;
  return own === undefined ? url : pathToFileURL(own).href;
}

function isFileUrl(url: string): boolean {
  try {
    return url.startsWith('file:') && fileURLToPath(url) !== '';
  } catch {
    return false;
  }
}

function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
