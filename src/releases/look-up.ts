/** What registries say about the versions that a lock installs. */
import { resolverFiles } from '../dependencies/lock-files.ts';
import type { SourceFiles } from '../function/files.ts';
import { LANGUAGES, type Language } from '../function/languages.ts';
import { isFailure, type LockFailure } from '../lock/lock.ts';
import type { ToolContext } from '../lock/tool-context.ts';
import { LOCKED_RELEASES } from '../release-age/languages.ts';
import type { LockedRelease, Release, Releases } from '../release-age/release.ts';
import { askRegistries } from './ask.ts';
import { RELEASES } from './languages.ts';
import type { Answered, WantedFacts } from './languages/row.ts';

export interface LookUp {
  /** Of the Function. */
  readonly name: string;
  /** With the lock. */
  readonly files: SourceFiles;
  readonly language: Language;
  readonly wanted?: WantedFacts;
}

const MOST_RELEASES = 5000;

export async function lookUpReleases(
  { name, files, language, wanted = {} }: LookUp,
  context: ToolContext,
): Promise<Releases | LockFailure> {
  const { title } = LANGUAGES.of(language);
  if (!LOCKED_RELEASES.has(language) || !RELEASES.has(language)) {
    return { problem: `nobody tells when ${title} packages were published`, fix: 'use another runtime' };
  }
  const locked = LOCKED_RELEASES.of(language).releases(files);
  if (locked === undefined) {
    return {
      problem: 'the lock cannot be read as a whole, so nothing is known about its versions',
      fix: 'write it again ("buildless lock")',
    };
  }
  if (locked.length > MOST_RELEASES) {
    const problem = `the lock has ${locked.length} packages, and at most ${MOST_RELEASES} are looked up`;
    return { problem, fix: 'remove dependencies' };
  }
  const row = RELEASES.of(language);
  const asked = locked.filter(({ elsewhere }) => elsewhere === undefined);
  const requests = row.requests(asked, files, context.environment, wanted);
  const answered = await askRegistries(requests, { name, files: resolverFiles(files, language) }, context);
  if (isFailure(answered)) return answered;
  const byName = new Map<string, Answered[]>();
  for (const [index, answer] of answered.answers.entries()) {
    const of = requests[index]?.name ?? '';
    byName.set(of, [...(byName.get(of) ?? []), answer]);
  }
  const { clock } = answered;
  return {
    releases: locked.map((each) => withClaim(releaseOf(each), each)),
    ...(clock !== undefined && { clock }),
  };

  function releaseOf(each: LockedRelease): Release {
    const { elsewhere, name: packageName, version } = each;
    if (elsewhere !== undefined) return { name: packageName, version, unknown: elsewhere, unlicensed: elsewhere };
    return row.release(each, byName.get(packageName) ?? []);
  }
}

/** What only the author of a lock says. */
const withClaim = (release: Release, { uploaded, licence }: LockedRelease): Release => ({
  ...(licence !== undefined && { licence }),
  ...release,
  ...(uploaded !== undefined && { claimed: uploaded }),
});
