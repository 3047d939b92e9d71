import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { readClusterObjects, type ClusterObjects } from '../../src/status/cluster-objects.ts';
import { historyOf } from '../../src/status/history.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from '../../src/status/kinds.ts';
import { functionsOf, podsOf } from '../../src/status/workload.ts';
import {
  CONFIG_MAPS,
  KNATIVE_SERVICES,
  knativeDeployment,
  knativeService,
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

const record = (...releases: readonly object[]): string => JSON.stringify({ language: 'nodejs', releases });

const get = plainCluster({
  [DEPLOYMENTS]: [deployment({ stamp: SECOND })],
  [REPLICA_SETS]: [replicaSet(3, SECOND), replicaSet(1, undefined), replicaSet(2, FIRST)],
  [CONFIG_MAPS]: [
    configMap('hello-0000000001', { 'handler.js': 'one', 'old.js': '', 'package.json': '{}' }),
    configMap('hello-0000000002', { 'handler.js': 'two', 'new.js': '', 'package.json': '{}' }),
    configMap('hello-aaaaaaaaa1', {
      'package-lock.json': lock({ a: '1.0.0', gone: '1.0.0' }),
      'releases.json': record({ name: 'a', version: '1.0.0', attested: true, publisher: 'trusted:github' }),
    }),
    configMap('hello-aaaaaaaaa2', {
      'package-lock.json': lock({ a: '1.1.0', fresh: '2.0.0' }),
      'releases.json': record({ name: 'a', version: '1.1.0', attested: false, publisher: 'account' }),
    }),
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
      provenance: [{ name: 'a', from: '1.0.0', to: '1.1.0', lost: ['provenance', 'publisher'], gained: [] }],
    },
  ]);
});

it('lists the revisions of a Knative Service under the names that Knative gives them', async () => {
  const knative = plainCluster({
    '/apis/serving.knative.dev/v1': [],
    [KNATIVE_SERVICES]: [knativeService('hello', SECOND)],
    [DEPLOYMENTS]: [
      knativeDeployment('hello', 2, SECOND),
      knativeDeployment('hello', 1, FIRST),
      knativeDeployment('other', 1, FIRST),
    ],
    [CONFIG_MAPS]: [
      configMap('hello-0000000001', { 'handler.js': 'one' }),
      configMap('hello-0000000002', { 'handler.js': 'two' }),
      configMap('hello-aaaaaaaaa1', { 'package-lock.json': lock({}) }),
      configMap('hello-aaaaaaaaa2', { 'package-lock.json': lock({}) }),
    ],
  });
  const objects = await readClusterObjects(knative, 'shop');
  if ('problem' in objects) throw new Error(objects.problem);
  const [workload] = functionsOf(objects).filter(({ kind }) => kind === 'Service');
  if (workload === undefined) throw new Error('no Function');
  expect(await historyOf(workload, objects, knative)).toEqual([
    { number: 0, object: 'hello-00001', created: '2026-11-28T09:01:00Z', current: false, stamp: FIRST },
    {
      number: 0,
      object: 'hello-00002',
      created: '2026-11-28T09:02:00Z',
      current: true,
      stamp: SECOND,
      files: { added: [], removed: [], changed: ['handler.js'] },
      packages: [],
    },
  ]);
});

it('counts the Pods of a Knative Service in its own namespace only', () => {
  const pod = (namespace: string): KubernetesObject => ({
    metadata: { name: 'hello-00001-x', namespace, labels: { 'serving.knative.dev/service': 'hello' } },
  });
  const [workload] = functionsOf({
    ...NOTHING,
    workloads: [{ kind: kindOfService(), object: knativeService('hello', FIRST) }],
  });
  if (workload === undefined) throw new Error('no Function');
  const [own, other] = [pod('shop'), pod('elsewhere')];
  expect(podsOf(workload, { ...NOTHING, pods: [own, other] })).toEqual([own]);
});

const NOTHING: ClusterObjects = {
  workloads: [],
  pods: [],
  controllerRevisions: [],
  revisions: [],
  events: [],
  unread: [],
};

function kindOfService(): WorkloadKind {
  const found = WORKLOAD_KINDS.find(({ kind, builtIn }) => kind === 'Service' && !builtIn);
  if (found === undefined) throw new Error('no Service of Knative');
  return found;
}
