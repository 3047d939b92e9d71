import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { denied } from '../../src/doctor/checks/denied.ts';
import type { Patient } from '../../src/doctor/check.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A replica of the webhook for each text of /metrics; undefined for one that nobody reaches. */
async function patientWith(metrics: readonly (string | undefined)[]): Promise<Patient> {
  const ports = await Promise.all(
    metrics.map(async (text) => {
      if (text === undefined) return undefined;
      const server = createServer((_, response) => response.end(text));
      servers.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return (server.address() as AddressInfo).port;
    }),
  );
  const pods = metrics.map((_, index) => ({ metadata: { name: `pod-${index}` }, status: { phase: 'Running' } }));
  return {
    namespace: 'buildless-system',
    configuration: 'buildless',
    probeNamespace: undefined,
    get: (_, query) => {
      const isWebhook = query?.labelSelector?.includes('webhook') === true;
      return Promise.resolve({ ok: true, object: { items: isWebhook ? pods : [] } });
    },
    post: () => Promise.reject(new Error('nothing is created')),
    openPod: async (pod) => {
      const port = ports[Number(pod.slice('pod-'.length))];
      if (port === undefined) throw new Error('pods/portforward is forbidden');
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
  };
}

const metricsOf = (digest: string, entries: number, problems = 0): string =>
  [
    `buildless_denied_list_info{digest="${digest}"} 1`,
    `buildless_denied_entries ${entries}`,
    `buildless_denied_problems ${problems}`,
    '',
  ].join('\n');

describe('the check of denied versions', () => {
  it.each([
    [
      'the same list in all replicas',
      [metricsOf('5d1f', 2), metricsOf('5d1f', 2)],
      { status: 'ok', detail: '2 replicas have one list in force, entries: 2, digest: 5d1f' },
    ],
    [
      'a replica that cannot be asked',
      [metricsOf('none', 0), undefined],
      { status: 'ok', detail: '1 replicas have one list in force, entries: 0, digest: none; 1 could not be asked' },
    ],
    [
      'different lists',
      [metricsOf('5d1f', 2), metricsOf('77aa', 3)],
      { status: 'failed', detail: 'replicas have different lists in force: pod-0 5d1f, pod-1 77aa' },
    ],
    [
      'a list with faults',
      [metricsOf('5d1f', 2), metricsOf('5d1f', 2, 1)],
      { status: 'failed', detail: 'lists have faults in pod-1, so the last good ones stay in force' },
    ],
    [
      'no replica that can be asked',
      [undefined],
      { status: 'skipped', detail: 'no replica can be asked (pod-0: pods/portforward is forbidden)' },
    ],
    [
      'replicas from before',
      ['buildless_build_info 1\n'],
      { status: 'skipped', detail: 'no replica can be asked (pod-0 does not say which list it has)' },
    ],
  ])('sees %s', async (_, metrics, result) => {
    expect(await denied(await patientWith(metrics))).toMatchObject([{ check: 'Denied versions', ...result }]);
  });
});
