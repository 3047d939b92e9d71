import { treeOf } from '../../dependencies/python/format/paths.ts';
import { REQUIREMENTS } from '../../dependencies/python/judge.ts';
import { readRequirements } from '../../dependencies/python/requirements.ts';
import type { SourceFiles } from '../../function/files.ts';
import type { LockedRelease, Release } from '../../release-age/release.ts';
import type { RegistryRequest } from '../ask.ts';
import { licenceOfMetadata } from './python-licence.ts';
import type { Answered, ReleaseRow } from './row.ts';

const PUBLIC_INDEX = 'https://pypi.org/simple';
/** PEP 691; PEP 700 added the times. */
const ACCEPT = 'application/vnd.pypi.simple.v1+json';

export const PYTHON: ReleaseRow = {
  requests: (locked, files, environment, wanted = {}) => {
    const indexes = indexesOf(files, environment);
    const insecure = new Set(wordsOf(environment.UV_INSECURE_HOST));
    const digests = new Map<string, string[]>();
    for (const each of locked) digests.set(each.name, [...(digests.get(each.name) ?? []), ...each.digests]);
    const metadata = wanted.licences === undefined ? {} : { metadata: wanted.licences };
    return [...digests].flatMap(([name, of]) =>
      indexes.map((index) => ({ name, accept: ACCEPT, digests: of, ...metadata, ...requestOf(index, name, insecure) })),
    );
  },
  before: (cutOff) => cutOff + 1,
  release: releaseOf,
};

/**
 * The indexes that uv and pip ask: those that the requirements name, else those of the variables.
 */
function indexesOf(files: SourceFiles, environment: Readonly<Record<string, string>>): readonly string[] {
  const { options } = readRequirements(treeOf(files), REQUIREMENTS);
  const named = (option: string): readonly string[] =>
    options.filter(({ name }) => name === option).map(({ value }) => value);
  const { UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL } = environment;
  const first = named('index-url').at(-1) ?? UV_DEFAULT_INDEX ?? UV_INDEX_URL ?? PIP_INDEX_URL ?? PUBLIC_INDEX;
  const more = [environment.UV_INDEX, environment.UV_EXTRA_INDEX_URL, environment.PIP_EXTRA_INDEX_URL];
  const all = [...(named('no-index').length > 0 ? [] : [first]), ...named('extra-index-url'), ...more.flatMap(wordsOf)];
  // uv takes NAME=ADDRESS.
  return [...new Set(all.map((index) => index.replace(/^[A-Za-z0-9._-]+=(?=https?:)/, '')))].filter((index) =>
    URL.canParse(index),
  );
}

const wordsOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(/\s+/).filter((word) => word !== '');

function requestOf(
  index: string,
  name: string,
  insecureHosts: ReadonlySet<string>,
): Pick<RegistryRequest, 'address' | 'user' | 'insecure'> {
  const url = new URL(index);
  const user =
    url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  url.pathname = `${url.pathname}${url.pathname.endsWith('/') ? '' : '/'}${name}/`;
  const insecure = insecureHosts.has(url.host) || insecureHosts.has(url.hostname);
  return { address: url.href, ...(user !== undefined && { user }), ...(insecure && { insecure }) };
}

function releaseOf(locked: LockedRelease, answers: readonly Answered[]): Release {
  const { name, version, digests } = locked;
  const wanted = new Set(digests.map((digest) => digest.toLowerCase()));
  const files = answers.flatMap((answer) => ('found' in answer ? answer.found : []));
  const found = files.filter((file) => file.digests?.some((digest) => wanted.has(digest)) === true);
  const known = new Set(found.flatMap((file) => file.digests ?? []));
  if ([...wanted].some((digest) => !known.has(digest))) {
    if (answers.some((answer) => 'notJson' in answer)) {
      return { name, version, unknown: 'the index gives no JSON (PEP 691), so no times' };
    }
    const isListed = files.some(({ filename = '' }) => versionIn(filename, name) === version);
    return isListed || found.length > 0
      ? { name, version, changed: true }
      : { name, version, unknown: 'no index has it' };
  }
  const licence = licenceOfMetadata(found.find(({ metadata }) => metadata !== undefined)?.metadata);
  const times = found.map(({ published }) => Date.parse(published ?? ''));
  const shown = { name, version, confirmed: true, ...attestedOf(found), ...licence } as const;
  if (times.some((time) => Number.isNaN(time))) return { ...shown, unknown: 'the index gives no time (PEP 700)' };
  // The youngest file may be the one that is installed.
  return { ...shown, published: new Date(Math.max(...times)).toISOString() };
}

/** PEP 740, of the file with the least: any of them may be installed. */
function attestedOf(files: readonly { readonly attested?: boolean | undefined }[]): Pick<Release, 'attested'> {
  if (files.some(({ attested }) => attested === false)) return { attested: false };
  return files.every(({ attested }) => attested === true) ? { attested: true } : {};
}

/** `NAME-VERSION-...whl` and `NAME-VERSION.tar.gz` (packaging.python.org, "Binary distribution format", "Source distribution format"). */
function versionIn(filename: string, name: string): string {
  const rest = filename.slice(name.length + 1);
  return filename.endsWith('.whl') ? (rest.split('-', 1)[0] ?? '') : rest.replace(/\.(?:tar\.gz|zip)$/, '');
}
