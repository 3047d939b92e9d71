import { ApiException, type V1ConfigMap } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { largestLock } from '../hostile/largest-lock.ts';
import { source } from './functions.ts';
import { given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { coreApi, createNamespace } from './kubectl.ts';

const AT_ONCE = 60;

describe('more large sources at once than the webhook can judge in time', () => {
  given(() => installWebhook());

  it('are refused with 429 and a time after which a client tries again, and other namespaces are served', async () => {
    const api = coreApi();
    const [greedy, other] = [await createNamespace(OPTED_IN), await createNamespace(OPTED_IN)];
    const create = (namespace: string, body: V1ConfigMap): Promise<unknown> =>
      api.createNamespacedConfigMap({ namespace, body });
    const sources = Array.from({ length: AT_ONCE }, (_, index) =>
      source(`large-${index}`, largestLock(2000, `p${index}-`)),
    );
    const created = sources.map(async (body) => {
      try {
        await create(greedy, body);
        return undefined;
      } catch (error) {
        if (error instanceof ApiException) return { body, error: error as ApiException<string> };
        throw error;
      }
    });
    await create(other, source('small'));
    await create(other, source('locked', largestLock(500, 'q-')));

    const refused = (await Promise.all(created)).filter((each) => each !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(AT_ONCE);
    for (const { error } of refused) {
      expect(error.code, error.body).toBe(429);
      expect(error.headers).toMatchObject({ 'retry-after': '1' });
      expect(error.body).toContain('[too-busy]');
      expect(JSON.parse(error.body)).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
    }
    // As a client does.
    const [first] = refused;
    if (first !== undefined) await create(greedy, first.body);
  });
});
