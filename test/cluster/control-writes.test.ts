import { KubeConfig, Watch } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { REVISION_OF_LABEL } from '../../src/function/keys.ts';
import { valueAt } from '../../src/manifests/templates.ts';
import { installController } from './controller.ts';
import { cluster, eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk } from './kubectl.ts';
import { answering, createFunction, edit, revisionNameOf, revisions, stamped, stampOf } from './revisions.ts';

const HISTORY = 3;
/** As `revisionHistoryLimit` of the workload. */
const REPLICA_SETS = 1;
const EDITS = 12;
const CHARACTERS = 512 * 1024;
/** What an object has beside the source: labels, owner, digest, managed fields. */
const METADATA = 2048;
const SETTLED = 3000;

/** A source of half a MiB, in one large file and a small one. */
const large = (answer: string): Readonly<Record<string, string>> => ({
  ...answering(answer),
  'data.txt': 'x'.repeat(CHARACTERS),
});

interface Written {
  readonly type: string;
  readonly name: string;
  /** The whole object: etcd stores all of it again, however small a change is. */
  readonly bytes: number;
}

/** Every write of objects of one kind in a namespace, as the API server reports it. */
async function follow(
  namespace: string,
  resource: string,
  labelSelector?: string,
): Promise<{ readonly writes: readonly Written[]; stop(): void }> {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const writes: Written[] = [];
  const path = `/${resource.startsWith('events') ? 'apis/events.k8s.io' : 'api'}/v1/namespaces/${namespace}/${resource}`;
  const query = { ...(labelSelector !== undefined && { labelSelector }) };
  const controller = await new Watch(config).watch(
    path,
    query,
    (type, object: object) => {
      const name = valueAt(object, ['metadata', 'name']);
      writes.push({ type, name: String(name), bytes: JSON.stringify(object).length });
    },
    () => undefined,
  );
  return {
    writes,
    stop() {
      controller.abort();
    },
  };
}

const of = (type: string, { writes }: { readonly writes: readonly Written[] }): readonly Written[] =>
  writes.filter((write) => write.type === type);
const bytesOf = (writes: readonly Written[]): number => writes.reduce((sum, { bytes }) => sum + bytes, 0);

/** Attempts of the controller to create copies and Events: its metrics count those for workloads of other tests as well. */
function creationsIn(namespace: string): number {
  const { auditLog } = cluster();
  if (auditLog === undefined) return 0;
  const lines = readFileSync(auditLog, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.filter((line) => {
    const { verb, objectRef } = JSON.parse(line) as AuditEvent;
    if (verb !== 'create' || objectRef?.namespace !== namespace) return false;
    return objectRef.resource === 'events' || (objectRef.resource === 'configmaps' && isCopy(objectRef.name));
  }).length;
}

interface AuditEvent {
  readonly verb: string;
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
}

const isCopy = (name = ''): boolean => name.startsWith('hello-');

describe('what an edit of a source writes', () => {
  const control = given(() => installController({ configuration: `revisions:\n  history: ${HISTORY}\n` }));

  it.withControllers(
    'is one copy of the source, one patch of the workload and an Event, and old copies go',
    async () => {
      const namespace = await createNamespace(OPTED_IN);
      await createFunction(namespace, 'hello', large('start'));
      const limits = JSON.stringify({ spec: { revisionHistoryLimit: REPLICA_SETS, replicas: 0 } });
      await kubectlOk(['patch', 'deployment', 'hello', '-n', namespace, '-p', limits]);
      // What the first apply brings about is not of an edit.
      await delay(SETTLED);
      const { generation: first = 0 } = await stampOf(namespace, 'hello');
      const stored = await follow(namespace, 'configmaps', REVISION_OF_LABEL);
      const events = await follow(namespace, 'events');
      const created = creationsIn(namespace);
      const before = await control().controller().metrics();
      let most = 0;
      for (let edited = 0; edited < EDITS; edited += 1) {
        const files = large(`edit-${edited}`);
        await edit(namespace, 'hello', files);
        await stamped(namespace, 'hello', (text) => text === `files:${revisionNameOf('hello', files)}`);
        most = Math.max(most, (await revisions(namespace)).length);
      }
      await delay(SETTLED);
      const after = await control().controller().metrics();
      const requests = (method: string): number => after.requests({ method }) - before.requests({ method });

      // The copy is written once, with its owners, and never again.
      expect(of('ADDED', stored)).toHaveLength(EDITS);
      expect(of('MODIFIED', stored)).toEqual([]);
      const bytes = JSON.stringify(large('edit-0')).length;
      expect(bytesOf(of('ADDED', stored))).toBeLessThan(EDITS * (bytes + METADATA));
      expect((await stampOf(namespace, 'hello')).generation).toBe(first + EDITS);
      expect(requests('PATCH')).toBe(EDITS);
      const reported = events.writes.filter(({ type }) => type !== 'DELETED');
      expect(reported.filter(({ name }) => name.startsWith('hello'))).not.toEqual([]);
      expect(bytesOf(reported)).toBeLessThan(EDITS * 3 * METADATA);
      // Also those that came to nothing, which no watch shows.
      expect(creationsIn(namespace) - created).toBeLessThanOrEqual(2 * EDITS);

      // Named by the template and by a ReplicaSet, the history, and one that is about to be removed.
      const bound = 1 + REPLICA_SETS + HISTORY;
      await eventually(
        () => revisions(namespace),
        ({ length }) => length <= bound,
      );
      expect(most).toBeLessThanOrEqual(bound + 2);
      stored.stop();
      events.stop();
    },
  );
});
