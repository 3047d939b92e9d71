import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { deniedAnnotation } from '../../src/denied/annotation.ts';
import { tableOfConfigured } from '../../src/denied/inline.ts';
import { joinTables, type DeniedList } from '../../src/denied/list.ts';
import { digestOf, filesOfConfigMap } from '../../src/function/files.ts';
import { DENIED_ANNOTATION } from '../../src/function/keys.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { baseOf, revisionName } from '../../src/function/revision-name.ts';
import { followedOf } from '../../src/function/source-state.ts';
import { readClusterObjects } from '../../src/status/cluster-objects.ts';
import { examineFunction } from '../../src/status/examine.ts';
import type { FunctionRow } from '../../src/status/row.ts';
import { functionsOf } from '../../src/status/workload.ts';
import {
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  EVENTS,
  plainCluster,
  podOf,
  PODS,
  replicaSet,
  REPLICA_SETS,
  type DeploymentOptions,
} from './plain-cluster.ts';

const OLD = { 'handler.js': 'one' };
const NEW = { 'handler.js': 'two' };
const PINNED = { ...NEW, 'package.json': '{"dependencies":{"a":"1.0.0"}}' };

function digest(data: Readonly<Record<string, string>>): string {
  const read = filesOfConfigMap('hello', { data });
  if ('findings' in read) throw new Error('not a source');
  return digestOf(read.files);
}
const nameOf = (data: Readonly<Record<string, string>>): string => revisionName(baseOf('hello'), digest(data));
const stampOf = (data: Readonly<Record<string, string>>, lock = ''): string => `files:${nameOf(data)}${lock}`;
const followed = (data: Readonly<Record<string, string>>, refresh = 0): string =>
  followedOf({ code: { type: 'files', parts: [{ name: 'hello', digest: digest(data) }] }, refresh });

interface Situation extends DeploymentOptions {
  readonly source?: Readonly<Record<string, string>>;
  readonly stored?: readonly KubernetesObject[];
  readonly pods?: readonly KubernetesObject[];
  readonly events?: readonly KubernetesObject[];
  readonly denied?: DeniedList;
}

async function row({
  source,
  stored = [],
  pods = [],
  events = [],
  denied,
  ...options
}: Situation): Promise<FunctionRow> {
  const get = plainCluster({
    [DEPLOYMENTS]: [deployment(options)],
    [REPLICA_SETS]: [replicaSet(1, stampOf(OLD)), replicaSet(2, stampOf(NEW))],
    [PODS]: pods,
    [EVENTS]: events,
    [CONFIG_MAPS]: [...(source === undefined ? [] : [configMap('hello', source)]), ...stored],
  });
  const objects = await readClusterObjects(get, 'shop');
  if ('problem' in objects) throw new Error(objects.problem);
  const [workload] = functionsOf(objects);
  if (workload === undefined) throw new Error('no Function');
  const from = { get, objects, configuration: DEFAULT_CONFIGURATION, version: '0.1.0' };
  return await examineFunction(workload, { ...from, ...(denied !== undefined && { denied }) });
}

const refusal = {
  involvedObject: { uid: 'deployment' },
  type: 'Warning',
  eventTime: '2026-11-28T10:01:00Z',
  message: 'the policy refuses handler.js',
};

describe('the state of a Function', () => {
  it('is current where all Pods run what the author wrote', async () => {
    const stamp = stampOf(NEW);
    expect(
      await row({
        source: NEW,
        stamp,
        followed: followed(NEW),
        stored: [configMap(nameOf(NEW), NEW)],
        pods: [podOf(2, stamp)],
      }),
    ).toMatchObject({
      state: 'current',
      revision: { stamp, created: '2026-11-28T10:00:00Z' },
      replicas: { wanted: 2, ready: 1, otherRevision: 0 },
      lock: 'not needed',
      level: 'locked',
      notes: [],
    });
  });

  it('names what is denied in a Pod that a rollout has not replaced yet, although the template is clean', async () => {
    const found = await row({
      source: NEW,
      stamp: stampOf(NEW),
      followed: followed(NEW),
      stored: [configMap(nameOf(NEW), NEW), configMap(nameOf(PINNED), PINNED)],
      pods: [podOf(1, stampOf(PINNED)), podOf(2, stampOf(NEW))],
      denied: joinTables([tableOfConfigured({ nodejs: [{ name: 'a', versions: '1.0.0', reason: 'steals' }] })]),
    });
    expect(found.denied).toMatchObject([{ name: 'a', version: '1.0.0' }]);
    expect(found.notes).toContain(
      'a Pod of another revision runs "a" 1.0.0, which is denied (steals); it comes with package.json > a@1.0.0',
    );
  });

  it('names what the controller found denied in a commit, whose files only it has read, as long as the list has it', async () => {
    const stamp = `commit:${'1'.repeat(40)}`;
    const path = 'package.json > a@1.0.0';
    const note = `runs "a" 1.0.0, which is denied (steals); it comes with ${path}`;
    const event = {
      metadata: { annotations: { [DENIED_ANNOTATION]: deniedAnnotation([{ stamp, packages: [{ name: 'a', version: '1.0.0', path }] }]) } },
      involvedObject: { uid: 'deployment' },
      type: 'Warning',
      reason: 'DeniedVersion',
      eventTime: '2026-11-28T10:02:00Z',
      message: note,
    }; // prettier-ignore
    const denying = (versions: string): DeniedList =>
      joinTables([tableOfConfigured({ nodejs: [{ name: 'a', versions, reason: 'steals' }] })]);
    const annotations = { 'buildless.dev/source': 'git+https://git.example/shop.git?ref=main' };
    // Its Event is repeated while it is true.
    const situation = { stamp, annotations, events: [event, event] };
    const found = await row({ ...situation, denied: denying('1.0.0') });
    expect(found.denied).toMatchObject([{ name: 'a', version: '1.0.0', reason: 'steals' }]);
    expect(found.notes).toEqual([note]);
    expect((await row({ ...situation, denied: denying('1.0.1') })).denied).toEqual([]);
    const moved = { ...situation, stamp: `commit:${'2'.repeat(40)}` };
    expect((await row({ ...moved, denied: denying('1.0.0') })).denied).toEqual([]);
  });

  it('gives the reason why an edit is not rolled out, also if a denied version was reported since', async () => {
    const denied = {
      ...refusal,
      reason: 'DeniedVersion',
      eventTime: '2026-11-28T11:00:00Z',
      message: 'runs "a" 1.0.0',
    };
    const situation = {
      source: NEW,
      stamp: stampOf(OLD),
      followed: followed(OLD),
      stored: [configMap(nameOf(OLD), OLD)],
    };
    expect((await row({ ...situation, events: [refusal, denied] })).notes).toEqual(['the policy refuses handler.js']);
  });

  it('is rolling out while a Pod runs another revision', async () => {
    const stamp = stampOf(NEW);
    const pods = [podOf(2, stamp), podOf(1, stampOf(OLD))];
    expect(
      await row({ source: NEW, stamp, followed: followed(NEW), stored: [configMap(nameOf(NEW), NEW)], pods }),
    ).toMatchObject({ state: 'rolling out', replicas: { ready: 2, otherRevision: 1 } });
  });

  it.each<[string, Partial<Situation>, string]>([
    ['the reason of the controller', { events: [refusal] }, 'the policy refuses handler.js'],
    [
      'the label manual',
      { labels: { 'buildless.dev/rollout': 'manual' }, events: [refusal] },
      'edited; rollout is manual: apply the workload to roll it out',
    ],
    ['that nothing was said', {}, 'edited; the controller has not rolled it out yet'],
  ])('is edited, with %s', async (_, changes, note) => {
    expect(
      await row({
        source: NEW,
        stamp: stampOf(OLD),
        followed: followed(OLD),
        stored: [configMap(nameOf(OLD), OLD)],
        ...changes,
      }),
    ).toMatchObject({ state: 'edited', notes: [note] });
  });

  it('is edited after a refresh, although no file is another', async () => {
    const source = configMap('hello', NEW, { annotations: { 'buildless.dev/refresh': '1' } });
    const stored = [source, configMap(nameOf(NEW), NEW)];
    expect(await row({ stamp: stampOf(NEW), followed: followed(NEW), stored })).toMatchObject({ state: 'edited' });
  });

  it('is rolled back after an undo', async () => {
    expect(
      await row({
        source: NEW,
        stamp: stampOf(OLD),
        followed: followed(NEW),
        stored: [configMap(nameOf(OLD), OLD)],
      }),
    ).toMatchObject({ state: 'rolled back' });
  });

  it('is live without a revision', async () => {
    expect(await row({ source: NEW })).toMatchObject({ state: 'live' });
  });

  it('stays what it is if the source is gone', async () => {
    const stamp = stampOf(NEW);
    expect(
      await row({ stamp, followed: followed(NEW), stored: [configMap(nameOf(NEW), NEW)], pods: [podOf(2, stamp)] }),
    ).toMatchObject({ state: 'current', notes: ['the source does not exist any more; what runs goes on'] });
  });

  it('is unknown for a stamp that nobody writes', async () => {
    expect(await row({ source: NEW, stamp: 'v2', followed: followed(NEW) })).toMatchObject({ state: 'unknown' });
  });
});

describe('the lock of a Function', () => {
  const lock = 'hello-aaaaaaaaaa';
  const withLock = (data: Readonly<Record<string, string>>): Situation => ({
    source: PINNED,
    stamp: stampOf(PINNED, ` lock:${lock}`),
    followed: followed(PINNED),
    stored: [configMap(nameOf(PINNED), PINNED), configMap(lock, data)],
  });

  it('is missing where nobody made one, and the level says what is left', async () => {
    const stored = [configMap(nameOf(PINNED), PINNED)];
    expect(await row({ source: PINNED, stamp: stampOf(PINNED), followed: followed(PINNED), stored })).toMatchObject({
      lock: 'none',
      level: 'exact',
    });
  });

  it("is the controller's", async () => {
    const text = JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { a: '1.0.0' } },
        'node_modules/a': {
          version: '1.0.0',
          resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz',
          integrity: `sha512-${Buffer.alloc(64).toString('base64')}`,
        },
      },
    });
    expect(await row(withLock({ 'package-lock.json': text }))).toMatchObject({ lock: 'controller', level: 'locked' });
  });

  it('could not be resolved, with the reason', async () => {
    const reason = JSON.stringify({ problem: 'no wheel', fix: 'use another', details: [] });
    expect(await row(withLock({ 'no-lock.json': reason }))).toMatchObject({
      lock: 'none',
      notes: ['no lock was resolved: no wheel; use another'],
    });
  });
});

it('tells why a Pod does not start, and who injected it', async () => {
  const stamp = stampOf(NEW);
  const message = 'the handler is missing\nmore';
  const broken = podOf(2, stamp, {
    phase: 'Pending',
    initContainerStatuses: [
      {
        name: 'buildless-prepare',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1, message } },
      },
    ],
  });
  expect(
    await row({ source: NEW, stamp, followed: followed(NEW), stored: [configMap(nameOf(NEW), NEW)], pods: [broken] }),
  ).toMatchObject({ notes: ['Pod hello-2-x, buildless-prepare: the handler is missing'] });
});
