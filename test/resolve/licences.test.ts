import { describe, expect, it } from 'vitest';
import { licencePolicy, type LicenceSettings } from '../../src/licences/policy.ts';
import { judgeReleaseLicences } from '../../src/licences/releases.ts';
import type { Releases } from '../../src/release-age/release.ts';
import type { LockInputs } from '../../src/revision/lock-inputs.ts';
import { integrityOf, type NpmPackage, startRegistry } from '../pod/install/fake-registry.ts';
import { sha256Of } from '../pod/install/python-index.ts';
import { pipConfOf, privateRegistries } from './private-registries.ts';
import { failed, nodejs, python, resolved, untilStopped } from './running-resolver.ts';

/** Whose licences the tests choose. */
const registries = privateRegistries();

const settings: LicenceSettings = { allowed: [], refused: ['GPL-3.0-only'], unknown: 'refuse', exceptions: ['own-*'] };
const policy = licencePolicy(settings);
if (policy === undefined) throw new Error('no policy');

const licencesIn = ({ releases }: Releases): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(releases.map(({ name, licence }) => [name, licence]));

async function ask(inputs: LockInputs, registrySettings: string): Promise<Releases> {
  const rules = { ...(policy !== undefined && { licences: policy }) };
  const job = { name: 'shop', inputs: { ...inputs, rules, isAuthors: true }, registrySettings } as const;
  return resolved(await registries.resolver.releases({ ...job, asks: true, licences: true }, untilStopped()));
}

describe('what an npm registry says about licences', () => {
  /** A lock of an author who writes what suits him. */
  const locked = (entries: Readonly<Record<string, object>>): LockInputs =>
    nodejs(
      {
        'package.json': JSON.stringify({
          dependencies: Object.fromEntries(Object.keys(entries).map((name) => [name, '1.0.0'])),
        }),
        'package-lock.json': JSON.stringify({
          lockfileVersion: 3,
          packages: {
            '': { dependencies: Object.fromEntries(Object.keys(entries).map((name) => [name, '1.0.0'])) },
            ...Object.fromEntries(
              Object.entries(entries).map(([name, entry]) => [
                `node_modules/${name}`,
                { version: '1.0.0', integrity: integrityOf(Buffer.from(`${name}@1.0.0`)), ...entry },
              ]),
            ),
          },
        }),
      },
      registries.npm.allowed,
    );
  const publish = (name: string, more: Partial<NpmPackage>): void => {
    registries.publish(name, '1.0.0', more);
  };

  it('counts more than the lock, in each form that npm had', async () => {
    publish('liar', { license: 'GPL-3.0-only' });
    publish('object', { license: { type: 'ISC', url: 'https://opensource.org/license/isc' } });
    publish('list', { licenses: [{ type: 'GPL-3.0-only' }, { type: 'MIT' }] });
    publish('bare', {});
    publish('long', { license: `MIT AND ${'MIT AND '.repeat(200)}GPL-3.0-only` });
    const found = await ask(
      locked({
        liar: { license: 'MIT' },
        object: {},
        list: {},
        bare: {},
        long: {},
        'own-git': { resolved: `git+ssh://git@git.example/shop/own.git#${'a'.repeat(40)}`, license: 'GPL-3.0-only' },
      }),
      registries.npm.settings,
    );
    expect(licencesIn(found)).toMatchObject({
      liar: 'GPL-3.0-only',
      object: 'ISC',
      list: '(GPL-3.0-only) OR (MIT)',
      bare: undefined,
      // No registry answers for it.
      'own-git': 'GPL-3.0-only',
    });
    const { refused } = judgeReleaseLicences(found.releases, 'nodejs', policy);
    expect(refused.map((finding) => `${finding.package} ${finding.code}`)).toEqual([
      'liar licence-refused',
      'bare licence-unknown',
      'long licence-unknown',
    ]);
  });

  it('comes with a lock that the controller has resolved', async () => {
    publish('free', { license: 'MIT' });
    const inputs = nodejs(
      { 'package.json': JSON.stringify({ dependencies: { free: '^1.0.0' } }) },
      registries.npm.allowed,
    );
    const job = {
      name: 'shop',
      inputs: { ...inputs, rules: { licences: policy } },
      asks: true,
      licences: true,
    } as const;
    const { releases } = resolved(
      await registries.resolver.lock({ ...job, registrySettings: registries.npm.settings }, untilStopped()),
    );
    expect(releases?.releases).toMatchObject([{ name: 'free', version: '1.0.0', licence: 'MIT' }]);
  });
});

describe('what a Python index says about licences', () => {
  const pins: string[] = [];
  const publish = async (name: string, described: string | undefined): Promise<void> => {
    const wheel = await registries.publishWheel(name, '1.0.0', described === undefined ? {} : { described });
    pins.push(`${name}==1.0.0 --hash=sha256:${sha256Of(wheel)}\n`);
  };

  it('is the metadata of its wheels', async () => {
    const metadata = (...lines: readonly string[]): string =>
      ['Metadata-Version: 2.4', ...lines, '', 'License: GPL-3.0-only', 'of the description'].join('\n');
    const osi = 'Classifier: License :: OSI Approved ::';
    await publish('expression', metadata('License-Expression: MIT OR Apache-2.0', 'License: GPL-3.0-only'));
    await publish('name', metadata('License: Apache License 2.0', `${osi} MIT License`));
    await publish('classified', metadata('License: see below', `${osi} GNU General Public License v3 (GPLv3)`));
    await publish(
      'both',
      metadata(`${osi} MIT License`, 'Classifier: License :: OSI Approved', `${osi} ISC License (ISCL)`),
    );
    await publish('vague', metadata(`${osi} BSD License`));
    await publish('whole', metadata('License: MIT', '        Copyright', '        All rights reserved'));
    await publish('none', metadata('Summary: nothing'));
    await publish('undescribed', undefined);
    const found = await ask(python(pins.join(''), registries.index.allowed), registries.index.settings);
    expect(licencesIn(found)).toEqual({
      expression: 'MIT OR Apache-2.0',
      name: 'Apache License 2.0',
      classified: 'GPL-3.0-only',
      both: 'MIT AND ISC',
      vague: 'BSD License',
      whole: 'MIT [...]',
      none: undefined,
      undescribed: undefined,
    });
    const { refused } = judgeReleaseLicences(found.releases, 'python', policy);
    expect(refused.map(({ problem }) => problem)).toEqual([
      '"classified" 1.0.0 has the licence GPL-3.0-only, which this cluster refuses',
      'the licence of "vague" 1.0.0 is not known: it declares "BSD License", which is not an SPDX expression',
      'the licence of "whole" 1.0.0 is not known: it declares "MIT [...]", which is not an SPDX expression',
      'the licence of "none" 1.0.0 is not known: it declares none',
      'the licence of "undescribed" 1.0.0 is not known: its registry does not tell',
    ]);
  });

  it('that does not answer passes nothing and refuses nothing: it is tried again', async () => {
    const asked: string[] = [];
    const [wheel] = registries.wheels;
    if (wheel === undefined) throw new Error('no wheel');
    const broken = await startRegistry((place, response) => {
      asked.push(place);
      if (place.endsWith('.metadata')) return response.writeHead(403).end();
      const files = [
        {
          filename: wheel.file,
          url: `/files/${wheel.file}`,
          hashes: { sha256: sha256Of(wheel) },
          'core-metadata': true,
        },
      ];
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ files }));
    });
    const job = {
      name: 'shop',
      inputs: { ...python(pins[0] ?? '', [`${broken.address}simple`]), rules: { licences: policy }, isAuthors: true },
      registrySettings: pipConfOf(broken.address),
      asks: true,
    } as const;
    const answer = failed(await registries.resolver.releases({ ...job, licences: true }, untilStopped()));
    expect(answer).toMatchObject({ temporary: true });
    // Without the rule nobody asks for it.
    asked.splice(0);
    resolved(await registries.resolver.releases(job, untilStopped()));
    expect(asked.filter((place) => place.endsWith('.metadata'))).toEqual([]);
    await broken.close();
  });
});
