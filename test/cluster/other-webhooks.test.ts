import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { deployment, functionPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN, RESTRICTED } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk, podsOf } from './kubectl.ts';
import { openOtherWebhook, type Addition, type OtherWebhook } from './other-webhook.ts';

const side = (list: Addition['list'], at: Addition['at'], name: string): Addition => ({
  list,
  at,
  container: { name, image: `${name}:1` },
});
const BEFORE = [side('containers', 'first', 'early-first'), side('initContainers', 'last', 'early-init')];
const AFTER = [
  side('containers', 'first', 'late-first'),
  side('containers', 'last', 'late-last'),
  side('initContainers', 'first', 'late-init'),
];

describe('beside mutating webhooks of others that come before and after ours', () => {
  const installed = given(() => installWebhook());

  /** A namespace with two others, and the Pod that comes out at the end. */
  async function between(
    labels: Readonly<Record<string, string>>,
    after: readonly Addition[],
    look: (namespace: string, later: OtherWebhook) => Promise<void>,
    before: readonly Addition[] = BEFORE,
  ): Promise<void> {
    const namespace = await createNamespace(labels);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    const first = await openOtherWebhook('aaa', namespace, before);
    const last = await openOtherWebhook('zzz', namespace, after);
    try {
      const body = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'main', image: 'main:1' }] } };
      const unprotected = { ...body, metadata: { name: 'probe' } };
      await eventually(
        async () => {
          await coreApi()
            .createNamespacedPod({ namespace, dryRun: 'All', body: unprotected })
            .catch(() => undefined);
          return [first.value.calls(), last.value.calls()];
        },
        (calls) => calls.every((count) => count > 0),
      );
      await look(namespace, last.value);
    } finally {
      await first.close();
      await last.close();
    }
  }
  const created = async (namespace: string): Promise<V1Pod> => {
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    return coreApi().readNamespacedPod({ namespace, name: 'hello' });
  };

  it('the Pod has the containers of all, and converges: nobody is called a third time', async () => {
    await between(OPTED_IN, AFTER, async (namespace, later) => {
      const before = (await installed().webhook().metrics()).reviews({ webhook: 'mutate' });
      const calledBefore = later.calls();
      const { spec } = await created(namespace);
      expect(spec?.containers.map(({ name }) => name)).toEqual(['late-first', 'early-first', 'function', 'late-last']);
      expect(spec?.initContainers?.map(({ name }) => name)).toEqual(['late-init', 'early-init', 'buildless-prepare']);
      expect((await installed().webhook().metrics()).reviews({ webhook: 'mutate' })).toBe(before + 2);
      expect(later.calls() - calledBefore).toBeLessThanOrEqual(2);
      expect(spec?.containers.find(({ name }) => name === 'late-last')?.securityContext).toBeUndefined();
    });
  });

  it.withControllers(
    'the only container with image: auto is the Function, whatever another adds to its Pods',
    async () => {
      await between(
        OPTED_IN,
        [],
        async (namespace) => {
          const { spec, ...rest } = deployment('hello', 1);
          const containers = [{ name: 'app', image: 'auto' }];
          const template = { ...spec.template, spec: { containers } };
          await kubectlOk(['create', '-n', namespace, '-f', '-'], { ...rest, spec: { ...spec, template } });
          const [pod] = await podsOf(namespace, 'app=hello', 1);
          expect(pod?.spec?.containers.map(({ name }) => name)).toEqual(['app', 'envoy']);
          expect(pod?.spec?.containers[0]?.image).toMatch(/^docker\.io\/library\/node:22/);
          expect(pod?.metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);
        },
        [side('containers', 'last', 'envoy')],
      );
    },
  );

  it('the containers of all come out fit for restricted where the namespace enforces it', async () => {
    await between(RESTRICTED, AFTER, async (namespace) => {
      const { spec } = await created(namespace);
      const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
      expect(all).toHaveLength(7);
      for (const { securityContext } of all) {
        expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
      }
    });
  });

  it('a Pod is refused, with the reason, where another adds what restricted forbids', async () => {
    const privileged: Addition = {
      list: 'containers',
      at: 'last',
      container: { name: 'spy', image: 'spy:1', securityContext: { privileged: true } },
    };
    await between(RESTRICTED, [privileged], async (namespace) => {
      const { status, stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
      expect(status).toBe(1);
      expect(stderr).toContain('spec.containers[2].securityContext.privileged');
      expect(stderr).toContain('[security-contradiction]');
    });
  });
});
