import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/api-server/answer.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import { quotas } from '../../src/doctor/checks/quotas.ts';

const found = (object: object): Answer => ({ ok: true, object });
const unused = () => Promise.reject(new Error('not asked here'));
const quota = (namespace: string, ...counted: readonly string[]): object => ({
  metadata: { name: 'team', namespace },
  spec: { hard: Object.fromEntries(counted.map((name) => [name, '4'])) },
});

/** A cluster in which `shop` opted in, with these quotas and this configuration. */
async function examined(items: readonly object[], config = ''): Promise<CheckResult | undefined> {
  const answers: Readonly<Record<string, Answer>> = {
    '/api/v1/namespaces': found({ items: [{ metadata: { name: 'shop' } }] }),
    '/api/v1/resourcequotas': found({ items }),
    '/api/v1/namespaces/buildless-system/configmaps/buildless-config': found({ data: { 'config.yaml': config } }),
  };
  const [result] = await quotas({
    namespace: 'buildless-system',
    configuration: 'buildless',
    probeNamespace: undefined,
    get: (path) => Promise.resolve(answers[path] ?? { ok: false, status: 404, message: 'not found' }),
    post: unused,
    openPod: unused,
  });
  return result;
}

describe('doctor looks at quotas', () => {
  it('and has nothing to say where none counts what containers set', async () => {
    expect(await examined([quota('shop', 'pods', 'count/jobs.batch'), quota('other', 'limits.cpu')])).toMatchObject({
      status: 'ok',
      detail: 'no ResourceQuota limits what containers of Functions ask for',
    });
  });

  it('names the namespaces in which installations run within the limits of the Function', async () => {
    expect(await examined([quota('shop', 'limits.cpu', 'requests.memory')])).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/: shop$/) as string,
    });
  });

  it('names the namespaces in which no Function with the default profile can start', async () => {
    const config = 'profiles: { L: { limits: { cpu: null } } }\n';
    expect(await examined([quota('shop', 'limits.cpu'), quota('shop', 'memory')], config)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('shop (limits.cpu)') as string,
      cure: expect.stringContaining('LimitRange') as string,
    });
  });
});
