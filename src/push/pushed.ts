/** What a host of Git repositories says in the body of its webhook: which repository, and which of its branches and tags. */
import { isFullCommit, type GitReference } from '../function/source.ts';
import { isObject } from '../kubernetes/object.ts';
import { repositoryOf } from './repository.ts';

export interface Pushed {
  /** As `repositoryOf` has them: one repository, by all addresses that its host knows. */
  readonly repositories: ReadonlySet<string>;
  /** Short names of branches and tags; undefined if the body names none, so that all may have moved. */
  readonly refs: ReadonlySet<string> | undefined;
}

/** More than one push ever has; the rest would be looked up at the next interval. */
const MOST = 1000;

/**
 * Where the hosts have the addresses of a repository; `*` is each element of a list. Sources: GitHub "Webhook events and payloads";
 * GitLab "Webhook events"; Gitea and Forgejo "Webhooks"; Bitbucket Cloud "Event payloads"; Bitbucket Data Center "Event payload".
 */
const ADDRESSES = [
  ['repository', 'clone_url'],
  ['repository', 'ssh_url'],
  ['repository', 'html_url'],
  ['project', 'git_http_url'],
  ['project', 'git_ssh_url'],
  ['project', 'web_url'],
  ['repository', 'links', 'html', 'href'],
  ['repository', 'links', 'clone', '*', 'href'],
];
const REFS = [
  ['ref'],
  ['push', 'changes', '*', 'new', 'name'],
  ['push', 'changes', '*', 'old', 'name'],
  ['changes', '*', 'refId'],
];

/** @returns undefined if the body names no repository */
export function pushedOf(body: unknown): Pushed | undefined {
  const repositories = new Set(textsAt(body, ADDRESSES).flatMap((address) => repositoryOf(address) ?? []));
  if (repositories.size === 0) return undefined;
  const refs = textsAt(body, REFS).map(shortRef);
  return { repositories, refs: refs.length === 0 ? undefined : new Set(refs) };
}

/** Whether a source may be at another commit now. */
export function concerns({ repositories, refs }: Pushed, { url, ref }: GitReference): boolean {
  if (ref !== undefined && isFullCommit(ref)) return false;
  if (!repositories.has(repositoryOf(url) ?? '')) return false;
  // Nobody knows here what the remote's HEAD is.
  return refs === undefined || ref === undefined || refs.has(shortRef(ref));
}

/** @example shortRef('refs/heads/main') // 'main' */
function shortRef(ref: string): string {
  const prefix = ['refs/heads/', 'refs/tags/'].find((each) => ref.startsWith(each)) ?? '';
  return ref.slice(prefix.length);
}

const textsAt = (body: unknown, paths: readonly (readonly string[])[]): readonly string[] =>
  paths.flatMap((path) => valuesAt(body, path)).filter((value) => typeof value === 'string');

function valuesAt(value: unknown, [key, ...rest]: readonly string[]): readonly unknown[] {
  if (key === undefined) return [value];
  if (key === '*') return Array.isArray(value) ? value.slice(0, MOST).flatMap((each) => valuesAt(each, rest)) : [];
  return isObject(value) ? valuesAt(value[key], rest) : [];
}
