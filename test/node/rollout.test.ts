import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { followEndpoints } from './endpoints.ts';
import { apply, deployed } from './functions.ts';
import { Load } from './load.ts';
import { nameOf, readyPods } from './pods.ts';

/** Answers a while after it was asked, so that requests are under way at all times. */
const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nodejs22: {
    'handler.js': `
const { hostname } = require('node:os');
exports.main = ({ data }) => new Promise((resolve) => setTimeout(resolve, 100, hostname() + ' ' + data.id));`,
  },
  python311: {
    'handler.py': `
import socket, time

def main(event, context):
    time.sleep(0.1)
    return f"{socket.gethostname()} {event['data']['id']}"
`,
  },
};

const serviceOf = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
});

describe('a Function under load', () => {
  given(() => installWebhook());
  let namespace = '';

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
  });
  afterAll(async () => {
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it.each(Object.keys(FILES))(
    'loses no request in a rollout restart, nor when it is scaled down: %s',
    async (runtime) => {
      const name = `loaded-${runtime}`;
      const selector = `app=${name}`;
      const names = async (count: number): Promise<readonly string[]> =>
        (await readyPods(namespace, selector, count)).map(nameOf);
      await apply(namespace, deployed(name, { runtime, files: FILES[runtime] ?? {}, replicas: 3 }), serviceOf(name));
      const before = await names(3);
      const load = new Load(await followEndpoints(namespace, name));
      const answeredByAll = (pods: readonly string[]): Promise<unknown> =>
        eventually(
          () => Promise.resolve([...load.answeredBy]),
          (answered) => pods.every((pod) => answered.includes(pod)),
        );
      try {
        await answeredByAll(before);

        await kubectlOk(['rollout', 'restart', '-n', namespace, `deployment/${name}`]);
        await kubectlOk(['rollout', 'status', '-n', namespace, `deployment/${name}`, '--timeout=180s']);
        const after = await names(3);
        await answeredByAll(after);
        await kubectlOk(['scale', '-n', namespace, `deployment/${name}`, '--replicas=1']);
        const [last = ''] = await names(1);
        const gone = [...before, ...after].filter((pod) => pod !== last);
        await kubectlOk(['wait', '-n', namespace, '--for=delete', '--timeout=60s', ...gone.map((pod) => `pod/${pod}`)]);
        load.answeredBy.clear();
        await answeredByAll([last]);
      } finally {
        await load.stop();
      }
      console.log(`${name}: ${load.answers} requests`);
      expect(load.failures).toEqual([]);
    },
  );
});
