import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callersContext, type ToolContext } from '../../src/lock/tool-context.ts';
import { lockPython } from '../../src/lock/python.ts';
import type { FakeRegistry } from '../pod/install/fake-registry.ts';
import { type DistributionFile, makeWheel, startIndex } from '../pod/install/python-index.ts';
import { environments } from './uv-on-path.ts';

let folder: string;
let index: FakeRegistry;
let context: ToolContext;
const wheels: DistributionFile[] = [];

/** A version of a package with a wheel for one machine, or for any. */
async function publish(name: string, version: string, machine?: 'x86_64' | 'aarch64'): Promise<void> {
  const wheel = await makeWheel(folder, name, version);
  const file = machine === undefined ? wheel.file : wheel.file.replace('-any.whl', `-manylinux_2_28_${machine}.whl`);
  wheels.push({ ...wheel, file });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-platforms-'));
  index = await startIndex(wheels);
  const { withUv } = await environments(folder);
  const own = callersContext(() => undefined);
  context = {
    ...own,
    environment: {
      ...own.environment,
      PATH: withUv.PATH ?? '',
      UV_DEFAULT_INDEX: `${index.address}simple`,
      UV_NO_CACHE: '1',
    },
  };
});
afterAll(async () => {
  await index.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the lock of a requirement has. */
async function versions(requirement: string): Promise<readonly string[]> {
  const outcome = await lockPython(
    {
      name: 'hello',
      files: new Map([['requirements.txt', Buffer.from(`${requirement}\n`)]]),
      language: 'python',
      version: '3.12',
      platforms: undefined,
      builds: false,
      allowed: [index.address],
    },
    context,
  );
  if ('problem' in outcome) throw new Error(JSON.stringify(outcome));
  return Array.from(outcome.text.matchAll(/^version = "(.*)"$/gm), ([, version = '']) => version);
}

it('all platforms get the version that the first one can have, even if another has a newer one', async () => {
  await publish('left', '1.0');
  await publish('left', '2.0', 'aarch64');
  expect(await versions('left>=1')).toEqual(['1.0']);
});

it('a platform without a wheel for the newest version has one of its own', async () => {
  await publish('right', '1.0');
  await publish('right', '2.0', 'x86_64');
  expect(await versions('right>=1')).toEqual(['1.0', '2.0']);
});
