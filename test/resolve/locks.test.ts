import { beforeEach, describe, expect, it } from 'vitest';
import { judgeDependencies } from '../../src/dependencies/judge.ts';
import { refuses } from '../../src/dependencies/policy.ts';
import type { LockInputs } from '../../src/revision/lock-inputs.ts';
import { withLock } from '../../src/revision/stored-lock.ts';
import type { ResolvedLock } from '../../src/resolve/resolver.ts';
import { lockedVersions } from './locked-versions.ts';
import { privateRegistries } from './private-registries.ts';
import { nodejs, python, resolved, untilStopped } from './running-resolver.ts';

const registries = privateRegistries();
const { publish, publishWheel } = registries;

beforeEach(async () => {
  registries.clear();
  publish('outer', '1.0.0', { dependencies: { inner: '^1.0.0' } });
  publish('inner', '1.0.0');
  publish('other', '1.0.0', { dependencies: { inner: '^1.0.0' } });
  await publishWheel('outer', '1.0', { requires: ['inner>=1,<2'] });
  await publishWheel('inner', '1.0');
  await publishWheel('other', '1.0', { requires: ['inner>=1,<2'] });
});

/** Exact pins, as the commonest Function has them: only what they ask for themselves is open. */
const npm = (...names: readonly string[]): LockInputs =>
  nodejs(
    { 'package.json': JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) }) },
    registries.npm.allowed,
  );
const pip = (...names: readonly string[]): LockInputs =>
  python(names.map((name) => `${name}==1.0\n`).join(''), registries.index.allowed);

const registrySettings = (inputs: LockInputs): string =>
  inputs.language === 'nodejs' ? registries.npm.settings : registries.index.settings;

const lock = async (inputs: LockInputs, previous?: ResolvedLock): Promise<ResolvedLock> =>
  resolved(
    await registries.resolver.lock(
      {
        name: 'shop',
        inputs,
        registrySettings: registrySettings(inputs),
        ...(previous !== undefined && { previous }),
      },
      untilStopped(),
    ),
  );

describe.each([
  {
    ecosystem: 'npm',
    inputs: npm,
    publishNewer: () => {
      publish('inner', '1.1.0');
      return Promise.resolve();
    },
    old: '1.0.0',
    newer: '1.1.0',
  },
  { ecosystem: 'uv', inputs: pip, publishNewer: () => publishWheel('inner', '1.1'), old: '1.0', newer: '1.1' },
])('a lock through $ecosystem', ({ inputs, publishNewer, old, newer }) => {
  it('is the same for the same inputs, byte for byte', async () => {
    const first = await lock(inputs('outer'));
    expect(lockedVersions(first)).toEqual({ outer: old, inner: old });
    expect(await lock(inputs('outer'))).toEqual(first);
  });

  it('is complete and sound: the level "locked" has nothing against it', async () => {
    const { files, language, settings } = inputs('outer');
    const text = await lock(inputs('outer'));
    const findings = judgeDependencies(withLock(files, { kind: 'lock', ...text }), language, settings);
    expect(findings.filter((finding) => refuses('locked', finding))).toEqual([]);
  });

  it('that starts from the one before keeps every version when one dependency is added, whatever was published since', async () => {
    const before = await lock(inputs('outer'));
    await publishNewer();
    const after = await lock(inputs('outer', 'other'), before);
    expect(lockedVersions(after)).toEqual({ outer: old, inner: old, other: old });
  });

  it('that starts from the one before is that one if nothing changed, whatever was published since', async () => {
    const before = await lock(inputs('outer'));
    await publishNewer();
    expect(await lock(inputs('outer'), before)).toEqual(before);
  });

  it('that starts from none takes what is the newest now', async () => {
    await lock(inputs('outer'));
    await publishNewer();
    expect(lockedVersions(await lock(inputs('outer')))).toEqual({ outer: old, inner: newer });
  });

  it('starts from one that cannot be read as from none, or says why not', async () => {
    const { file } = await lock(inputs('outer'));
    const answer = await registries.resolver.lock(
      {
        name: 'shop',
        inputs: inputs('outer'),
        registrySettings: registrySettings(inputs('outer')),
        previous: { file, text: '{' },
      },
      untilStopped(),
    );
    expect(answer).toMatchObject('text' in answer ? { file } : { temporary: false });
  });
});

describe('a lock through uv', () => {
  it('keeps what only one platform needs', async () => {
    await publishWheel('arm', '1.0');
    const marked = (...more: readonly string[]): LockInputs =>
      python(
        ['outer==1.0', "arm>=1 ; platform_machine == 'aarch64'", ...more, ''].join('\n'),
        registries.index.allowed,
      );
    const before = await lock(marked());
    expect(lockedVersions(before)).toMatchObject({ inner: '1.0' });
    expect(before.text).toContain('marker = "platform_machine == \'aarch64\'"');
    await publishWheel('arm', '1.1');
    await publishWheel('inner', '1.1');
    const after = await lock(marked('other==1.0'), before);
    expect(after.text).toContain('arm-1.0');
    expect(after.text).not.toMatch(/arm-1\.1|inner-1\.1/);
  });

  it('is made for a Python that is not on the machine', async () => {
    const allowed = registries.index.allowed;
    for (const version of ['3.11', '3.12', '3.13', '3.14']) {
      const { text } = await lock(python('outer==1.0\n', allowed, version));
      expect(text).toContain(`requires-python = ">=${version}"`);
    }
  });
});
