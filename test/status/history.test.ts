import { expect, it } from 'vitest';
import { readClusterObjects } from '../../src/status/cluster-objects.ts';
import { historyOf } from '../../src/status/history.ts';
import { functionsOf } from '../../src/status/workload.ts';
import {
  CONFIG_MAPS,
  configMap,
  DEPLOYMENTS,
  deployment,
  plainCluster,
  replicaSet,
  REPLICA_SETS,
} from './plain-cluster.ts';

const FIRST = 'files:hello-0000000001 lock:hello-aaaaaaaaa1';
const SECOND = 'files:hello-0000000002 lock:hello-aaaaaaaaa2';

const lock = (versions: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': {},
      ...Object.fromEntries(Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }])),
    },
  });

const get = plainCluster({
  [DEPLOYMENTS]: [deployment({ stamp: SECOND })],
  [REPLICA_SETS]: [replicaSet(3, SECOND), replicaSet(1, undefined), replicaSet(2, FIRST)],
  [CONFIG_MAPS]: [
    configMap('hello-0000000001', { 'handler.js': 'one', 'old.js': '', 'package.json': '{}' }),
    configMap('hello-0000000002', { 'handler.js': 'two', 'new.js': '', 'package.json': '{}' }),
    configMap('hello-aaaaaaaaa1', { 'package-lock.json': lock({ a: '1.0.0', gone: '1.0.0' }) }),
    configMap('hello-aaaaaaaaa2', { 'package-lock.json': lock({ a: '1.1.0', fresh: '2.0.0' }) }),
  ],
});

it('tells what changed from one revision to the next, oldest first, and which one runs', async () => {
  const objects = await readClusterObjects(get, 'shop');
  if ('problem' in objects) throw new Error(objects.problem);
  const [workload] = functionsOf(objects);
  if (workload === undefined) throw new Error('no Function');
  expect(await historyOf(workload, objects, get)).toEqual([
    {
      number: 1,
      object: 'hello-1',
      created: '2026-11-28T09:01:00Z',
      current: false,
      note: 'ran the source as it was when each Pod started',
    },
    { number: 2, object: 'hello-2', created: '2026-11-28T09:02:00Z', current: false, stamp: FIRST },
    {
      number: 3,
      object: 'hello-3',
      created: '2026-11-28T09:03:00Z',
      current: true,
      stamp: SECOND,
      files: { added: ['new.js'], removed: ['old.js'], changed: ['handler.js'] },
      packages: [
        { name: 'a', from: '1.0.0', to: '1.1.0' },
        { name: 'fresh', to: '2.0.0' },
        { name: 'gone', from: '1.0.0' },
      ],
    },
  ]);
});
