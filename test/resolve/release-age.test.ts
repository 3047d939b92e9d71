import { beforeEach, describe, expect, it } from 'vitest';
import { judgeAges } from '../../src/release-age/judge.ts';
import type { ReleaseAgePolicy } from '../../src/release-age/policy.ts';
import type { LockInputs } from '../../src/revision/lock-inputs.ts';
import type { LockJob, ResolvedLock } from '../../src/resolve/resolver.ts';
import { integrityOf, startRefusing, startRegistry } from '../pod/install/fake-registry.ts';
import { sha256Of } from '../pod/install/python-index.ts';
import { lockedVersions } from './locked-versions.ts';
import { npmrcOf, privateRegistries } from './private-registries.ts';
import { failed, nodejs, python, resolved, untilStopped } from './running-resolver.ts';

/** Whose times the tests choose. */
const registries = privateRegistries();
const { packages, wheels } = registries;

const WEEK: ReleaseAgePolicy = { seconds: 7 * 86_400, exceptions: [], unknown: 'refuse' };
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

const ECOSYSTEMS = [
  {
    ecosystem: 'npm',
    publish: (name: string, version: string, published: string | undefined, needs: readonly string[] = []) => {
      const dependencies = Object.fromEntries(needs.map((need) => [need, '^1.0.0']));
      registries.publish(name, version, { dependencies, ...(published !== undefined && { published }) });
      return Promise.resolve();
    },
    inputs: (...names: readonly string[]): LockInputs =>
      nodejs(
        { 'package.json': JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '^1.0.0'])) }) },
        registries.npm.allowed,
      ),
    settings: () => registries.npm.settings,
    forget: (name: string) => {
      packages.splice(
        packages.findIndex((each) => each.name === name),
        1,
      );
    },
  },
  {
    ecosystem: 'uv',
    publish: async (name: string, version: string, published: string | undefined, needs: readonly string[] = []) => {
      const requires = needs.map((need) => `${need}>=1,<2`);
      await registries.publishWheel(name, version, {
        requires,
        ...(published !== undefined && { uploaded: published }),
      });
    },
    inputs: (...names: readonly string[]): LockInputs =>
      python(names.map((name) => `${name}>=1,<2\n`).join(''), registries.index.allowed),
    settings: () => registries.index.settings,
    forget: (name: string) => {
      wheels.splice(
        wheels.findIndex((each) => each.name === name),
        1,
      );
    },
  },
] as const;

describe.each(ECOSYSTEMS)('a lock that the controller has resolved through $ecosystem', (each) => {
  const { publish, inputs, settings, forget } = each;
  const job = (age: ReleaseAgePolicy, more: Partial<LockJob> = {}): LockJob => ({
    name: 'shop',
    inputs: { ...inputs('outer'), rules: { age } },
    asks: true,
    registrySettings: settings(),
    ...more,
  });
  const lock = async (age: ReleaseAgePolicy, more: Partial<LockJob> = {}): Promise<ResolvedLock> =>
    resolved(await registries.resolver.lock(job(age, more), untilStopped()));
  const refusedIn = ({ releases }: ResolvedLock, age: ReleaseAgePolicy): readonly string[] =>
    judgeAges(releases ?? { releases: [] }, inputs('outer').language, age, Date.now()).refused.map(
      (finding) => `${finding.package} ${finding.code}`,
    );

  beforeEach(async () => {
    registries.clear();
    await publish('outer', '1.0.0', daysAgo(100), ['inner']);
    await publish('inner', '1.0.0', daysAgo(100));
  });

  it('has the newest versions that are old enough, also of what nobody names', async () => {
    await publish('outer', '1.1.0', daysAgo(8), ['inner']);
    await publish('outer', '1.2.0', daysAgo(1), ['inner']);
    await publish('inner', '1.1.0', daysAgo(1));
    const found = await lock(WEEK);
    expect(lockedVersions(found)).toEqual({ outer: '1.1.0', inner: '1.0.0' });
    expect(refusedIn(found, WEEK)).toEqual([]);
  });

  it('goes back to an older version from a lock before that has a young one', async () => {
    await publish('inner', '1.1.0', daysAgo(1));
    const before = await lock({ ...WEEK, seconds: 1 });
    expect(lockedVersions(before)).toMatchObject({ inner: '1.1.0' });
    const { file, text } = before;
    expect(lockedVersions(await lock(WEEK, { previous: { file, text } }))).toMatchObject({ inner: '1.0.0' });
  });

  it('takes an excepted package of any age, and no other', async () => {
    await publish('outer', '1.1.0', daysAgo(1), ['inner']);
    await publish('inner', '1.1.0', daysAgo(1));
    const found = await lock({ ...WEEK, exceptions: ['out*'] });
    expect(lockedVersions(found)).toEqual({ outer: '1.1.0', inner: '1.0.0' });
    expect(refusedIn(found, { ...WEEK, exceptions: ['out*'] })).toEqual([]);
  });

  it('is compared with the times although the tool found nothing older', async () => {
    forget('inner');
    await publish('inner', '1.0.0', daysAgo(2));
    const found = await lock(WEEK);
    expect(lockedVersions(found)).toEqual({ outer: '1.0.0', inner: '1.0.0' });
    expect(refusedIn(found, WEEK)).toEqual(['inner release-too-young']);
  });

  it('says of a version without a time that it is not known', async () => {
    forget('inner');
    await publish('inner', '1.0.0', undefined);
    const found = await lock(WEEK);
    expect(refusedIn(found, WEEK)).toEqual(['inner release-age-unknown']);
    expect(refusedIn(await lock({ ...WEEK, unknown: 'allow' }), { ...WEEK, unknown: 'allow' })).toEqual([]);
  });

  it('of the author that pins a young transitive version is reported with that version', async () => {
    await publish('inner', '1.1.0', daysAgo(1));
    const { file, text } = await lock({ ...WEEK, seconds: 1 });
    const files = new Map(inputs('outer').files).set(file, Buffer.from(text));
    const found = resolved(
      await registries.resolver.releases(
        job(WEEK, { inputs: { ...inputs('outer'), files, rules: { age: WEEK } } }),
        untilStopped(),
      ),
    );
    expect(refusedIn({ file, text, releases: found }, WEEK)).toEqual(['inner release-too-young']);
  });

  it('of the author, of which the registry has other content, is reported as changed', async () => {
    const { file, text } = await lock(WEEK);
    const files = new Map(inputs('outer').files).set(
      file,
      Buffer.from(text.replace(digestOf('inner'), otherThan(digestOf('inner')))),
    );
    const found = resolved(
      await registries.resolver.releases(
        job(WEEK, { inputs: { ...inputs('outer'), files, rules: { age: WEEK } } }),
        untilStopped(),
      ),
    );
    expect(refusedIn({ file, text, releases: found }, WEEK)).toEqual(['inner release-changed']);
  });

  function digestOf(name: string): string {
    const npm = packages.find((one) => one.name === name);
    if (npm !== undefined) return integrityOf(npm.archive);
    const wheel = wheels.find((one) => one.name === name);
    return wheel === undefined ? '' : sha256Of(wheel);
  }
});

/** A digest of the same form, of no file. */
const otherThan = (digest: string): string =>
  digest.startsWith('sha512-') ? `sha512-${'A'.repeat(86)}==` : 'f'.repeat(64);

describe('a registry', () => {
  const published = (inputs: LockInputs, registrySettings: string): LockJob => ({
    name: 'shop',
    inputs: { ...inputs, rules: { age: WEEK }, isAuthors: true },
    registrySettings,
  });
  const locked = nodejs({
    'package.json': JSON.stringify({ dependencies: { inner: '1.0.0' } }),
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { inner: '1.0.0' } },
        'node_modules/inner': { version: '1.0.0', integrity: integrityOf(Buffer.from('inner@1.0.0')) },
      },
    }),
  });

  it('that is away passes nothing and refuses nothing: it is tried again', async () => {
    const away = await startRefusing(503);
    const answer = await registries.resolver.releases(published(locked, npmrcOf(away.address)), untilStopped());
    await away.close();
    expect(failed(answer)).toMatchObject({ temporary: true });
    expect(failed(answer).problem).toContain('status 503');
  });

  it('is asked with the credentials of the Secret, which no message has', async () => {
    const authorizations: (string | undefined)[] = [];
    const strict = await startRegistry((_path, response, _address, { authorization }) => {
      authorizations.push(authorization);
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":"s3cret"}');
    });
    const settings = `${npmrcOf(strict.address)}${strict.address.replace('http:', '')}:_authToken=t0ken\n`;
    const answer = failed(await registries.resolver.releases(published(locked, settings), untilStopped()));
    await strict.close();
    expect(authorizations).toEqual(['Bearer t0ken']);
    expect(JSON.stringify(answer)).not.toContain('t0ken');
    expect(answer.fix).toContain('credentials');
  });
});
