import { isPublisher } from '../../release-age/publisher.ts';
import type { LockedRelease, Release } from '../../release-age/release.ts';
import type { Answered, ReleaseRow } from './row.ts';

/** github.com/npm/registry, docs/responses/package-metadata.md: `time`, `dist` and `_npmUser` of each version. */
export const NODEJS: ReleaseRow = {
  requests: (locked) => {
    const versions = new Map<string, Set<string>>();
    for (const { name, version } of locked) versions.set(name, (versions.get(name) ?? new Set()).add(version));
    return [...versions].map(([name, wanted]) => ({
      name,
      spec: name,
      // As npm escapes the name of a scoped package (escapedName of npm-package-arg).
      address: `/${encodeURIComponent(name).replace(/^%40/, '@')}`,
      accept: 'application/json',
      versions: [...wanted],
    }));
  },
  before: (cutOff) => cutOff,
  release: releaseOf,
};

function releaseOf(locked: LockedRelease, answers: readonly Answered[]): Release {
  const { name, version, digests } = locked;
  const [answer] = answers;
  const found =
    answer !== undefined && 'found' in answer ? answer.found.find((each) => each.version === version) : undefined;
  if (found?.exists !== true) return { name, version, unknown: 'the registry does not have it' };
  const own = digestsOf(found.integrity, found.shasum);
  const licence = found.licence === undefined ? {} : { licence: found.licence };
  const match = compare(digests, own);
  if (match === 'other') return { name, version, changed: true };
  if (match === 'none' && digests.length > 0) {
    return { name, version, unknown: 'the registry has no digest of the same kind as the lock', ...licence };
  }
  return {
    name,
    version,
    ...(isTime(found.published) && { published: found.published }),
    // A lock without a digest takes whatever the registry has.
    ...(match === 'same' && { confirmed: true }),
    ...(found.attested !== undefined && { attested: found.attested }),
    ...(isPublisher(found.publisher) && { publisher: found.publisher }),
    ...licence,
  };
}

const isTime = (text: string | undefined): text is string => text !== undefined && !Number.isNaN(Date.parse(text));

function digestsOf(integrity: string | undefined, shasum: string | undefined): readonly string[] {
  const legacy =
    shasum !== undefined && /^[0-9a-f]{40}$/i.test(shasum)
      ? [`sha1-${Buffer.from(shasum, 'hex').toString('base64')}`]
      : [];
  return [...(integrity ?? '').split(/\s+/).filter((digest) => digest !== ''), ...legacy];
}

/** By the strongest algorithm that both have, as npm does (ssri). */
function compare(locked: readonly string[], own: readonly string[]): 'same' | 'other' | 'none' {
  for (const algorithm of ['sha512', 'sha384', 'sha256', 'sha1']) {
    const of = (digests: readonly string[]): readonly string[] =>
      digests
        .filter((digest) => digest.startsWith(`${algorithm}-`))
        .map((digest) => (digest.split('?', 1)[0] ?? '').replaceAll('=', ''));
    const [wanted, known] = [of(locked), of(own)];
    if (wanted.length === 0 || known.length === 0) continue;
    return wanted.every((digest) => known.includes(digest)) ? 'same' : 'other';
  }
  return 'none';
}
