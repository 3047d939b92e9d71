import { beforeEach, describe, expect, it } from 'vitest';
import type { Release, Releases } from '../../src/release-age/release.ts';
import { judgeReleases } from '../../src/release-rules/judge.ts';
import type { LockJob } from '../../src/resolve/resolver.ts';
import type { LockInputs } from '../../src/revision/lock-inputs.ts';
import { privateRegistries } from './private-registries.ts';
import { nodejs, python, resolved, untilStopped } from './running-resolver.ts';

/** Whose attestations the tests choose. */
const registries = privateRegistries();

interface Origin {
  /** Undefined: the registry does not tell. */
  readonly attested?: boolean;
  readonly publisher?: 'account' | 'github';
}

/** What a package shows of 1.0.0, and of 1.1.0. */
const PACKAGES: Readonly<Record<string, readonly [Origin, Origin]>> = {
  lost: [{ attested: true }, { attested: false }],
  kept: [{ attested: true }, { attested: true }],
  never: [{ attested: false }, { attested: false }],
  first: [{ attested: false }, { attested: true }],
  untold: [{}, {}],
  silent: [{ attested: true }, {}],
};
const NAMES = Object.keys(PACKAGES);

const ECOSYSTEMS = [
  {
    ecosystem: 'npm',
    publish: (name: string, version: string, origin: Origin) => {
      registries.publish(name, version, origin);
      return Promise.resolve();
    },
    inputs: (names: readonly string[], range = '^1.0.0'): LockInputs => {
      const dependencies = Object.fromEntries(names.map((name) => [name, range]));
      return nodejs({ 'package.json': JSON.stringify({ dependencies }) }, registries.npm.allowed);
    },
    settings: () => registries.npm.settings,
    /** What a registry without attestations tells of them. */
    untold: { attested: false },
  },
  {
    ecosystem: 'uv',
    publish: async (name: string, version: string, { attested }: Origin) => {
      await registries.publishWheel(name, version, attested === undefined ? {} : { attested });
    },
    inputs: (names: readonly string[]): LockInputs =>
      python(names.map((name) => `${name}>=1,<2\n`).join(''), registries.index.allowed),
    settings: () => registries.index.settings,
    untold: {},
  },
] as const;

describe.each(ECOSYSTEMS)('a registry of $ecosystem', ({ publish, inputs, settings, untold }) => {
  const job = (names: readonly string[]): LockJob => ({
    name: 'shop',
    inputs: { ...inputs(names), rules: { provenance: { lost: 'refuse', exceptions: [] } } },
    asks: true,
    registrySettings: settings(),
  });
  const lock = async (names: readonly string[]) => {
    const { file, text, releases } = resolved(await registries.resolver.lock(job(names), untilStopped()));
    if (releases === undefined) throw new Error('the job asks for them');
    return { file, text, releases };
  };
  const lost = (before: Releases, after: Releases, exceptions: readonly string[] = []): readonly string[] =>
    judgeReleases(
      { releases: after, before: before.releases, language: inputs([]).language, now: Date.now() },
      { provenance: { lost: 'refuse', exceptions } },
    ).refused.map((finding) => `${finding.package} ${finding.version} ${finding.code}`);

  beforeEach(() => {
    registries.clear();
  });

  it('shows which packages have lost their attestations, and tells nothing of those that it knows none of', async () => {
    for (const [name, [first]] of Object.entries(PACKAGES)) await publish(name, '1.0.0', first);
    const before = await lock(NAMES);
    for (const [name, [, second]] of Object.entries(PACKAGES)) await publish(name, '1.1.0', second);
    const after = await lock(NAMES);
    const of = (name: string) => after.releases.releases.find((each) => each.name === name);
    expect(of('kept')).toEqual({
      name: 'kept',
      version: '1.1.0',
      confirmed: true,
      attested: true,
      ...unknownTime(of('kept')),
    });
    expect(of('untold')).toEqual({
      name: 'untold',
      version: '1.1.0',
      confirmed: true,
      ...untold,
      ...unknownTime(of('untold')),
    });
    expect([...lost(before.releases, after.releases)].sort()).toEqual([
      'lost 1.1.0 provenance-lost',
      'silent 1.1.0 provenance-lost',
    ]);
    expect(lost(before.releases, after.releases, ['lost', 'sil*'])).toEqual([]);
  });

  it('that has other content than the lock of the author is believed nothing, whatever is excepted', async () => {
    await publish('lost', '1.0.0', { attested: true });
    const before = await lock(['lost']);
    const files = new Map(inputs(['lost']).files).set(before.file, Buffer.from(forged(before.text)));
    const asked = { ...job(['lost']), inputs: { ...inputs(['lost']), files, isAuthors: true } } as const;
    const found = resolved(await registries.resolver.releases(asked, untilStopped()));
    expect(found.releases).toEqual([{ name: 'lost', version: '1.0.0', changed: true }]);
    expect(lost(before.releases, found, ['lost'])).toEqual(['lost 1.0.0 release-changed']);
  });
});

/** These registries give no times, and only that of Python is asked why. */
const unknownTime = (release: Release | undefined): Pick<Release, 'unknown'> =>
  release?.unknown === undefined ? {} : { unknown: 'the index gives no time (PEP 700)' };

/** A lock with digests of the same form, of no file. */
const forged = (lock: string): string =>
  lock.replaceAll(/sha512-[^"]{86}==/g, `sha512-${'A'.repeat(86)}==`).replaceAll(/[0-9a-f]{64}/g, 'f'.repeat(64));

describe('a registry of npm', () => {
  it('shows who published: an account, or a trusted publisher of some kind', async () => {
    registries.clear();
    const [npm] = ECOSYSTEMS;
    const of = async (version: string, origin: Origin): Promise<string | undefined> => {
      await npm.publish('outer', version, origin);
      const job: LockJob = {
        name: 'shop',
        inputs: npm.inputs(['outer'], version),
        asks: true,
        registrySettings: npm.settings(),
      };
      return resolved(await registries.resolver.lock(job, untilStopped())).releases?.releases[0]?.publisher;
    };
    expect(await of('1.0.0', { publisher: 'github' })).toBe('trusted:github');
    expect(await of('1.1.0', { publisher: 'account' })).toBe('account');
    expect(await of('1.2.0', {})).toBeUndefined();
  });
});
