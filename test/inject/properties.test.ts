import type { V1Container, V1Pod } from '@kubernetes/client-node';
import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { createMutate, injectPod } from '../../src/admission/mutate.ts';
import type { AdmissionResponse } from '../../src/admission/review.ts';
import { requestFor, sourceOf, contextWith } from '../admission/review-of.ts';
import { arbitraryPod } from './arbitrary-pod.ts';
import { brokenContainerRules, brokenRules } from './restricted.ts';

const source = sourceOf({
  'handler.js': "exports.main = () => 'hello';",
  'package.json': '{ "dependencies": { "ms": "2.1.3" } }',
});
const ordinary = contextWith({ source });
const restricted = contextWith({ source, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
const everywhere = fc.constantFrom(ordinary, restricted);

/** Applies the answer's patch as the API server does: to the object it sent. */
function patchedBy(response: AdmissionResponse, object: V1Pod): V1Pod {
  if (response.patch === undefined) return object;
  const operations = JSON.parse(Buffer.from(response.patch, 'base64').toString()) as jsonPatch.Operation[];
  return jsonPatch.applyPatch(structuredClone(object), operations, true).newDocument;
}

const containersOf = (pod: V1Pod): V1Container[] => [
  ...(pod.spec?.containers ?? []),
  ...(pod.spec?.initContainers ?? []),
];

describe('for any Pod of a Function', () => {
  it('a second injection changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPod, everywhere, async (pod, context) => {
        const mutate = createMutate(context);
        const first = (await mutate(requestFor(pod))).response;
        fc.pre(first.allowed);
        const injected = patchedBy(first, pod);
        const second = (await mutate(requestFor(injected))).response;
        expect(second).toEqual({ uid: second.uid, allowed: true });
      }),
    );
  });

  it('the patch turns what the API server sent into exactly what the core made', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPod, everywhere, async (pod, context) => {
        const injection = await injectPod(pod, 'default', context);
        fc.pre(injection.outcome === 'injected');
        const { response } = await createMutate(context)(requestFor(pod));
        expect(patchedBy(response, pod)).toEqual(injection.pod);
      }),
    );
  });

  it('nothing that the author wrote is dropped, changed or moved', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPod, everywhere, async (pod, context) => {
        const injection = await injectPod(pod, 'default', context);
        fc.pre(injection.outcome === 'injected');
        expect(keepsAll(pod, injection.pod, '')).toEqual([]);
      }),
    );
  });

  it('the given Pod is left as it was', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPod, everywhere, async (pod, context) => {
        const before = structuredClone(pod);
        await injectPod(pod, 'default', context);
        expect(pod).toEqual(before);
      }),
    );
  });

  it('every injected container and the Function itself satisfy Pod Security restricted', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPod, async (pod) => {
        const injection = await injectPod(pod, 'default', ordinary);
        fc.pre(injection.outcome === 'injected');
        const { spec } = injection.pod;
        if (spec === undefined) throw new Error('an injected Pod has a spec');
        const ours = containersOf(injection.pod).filter(
          ({ name }) => name === 'function' || name.startsWith('buildless-'),
        );
        expect(ours.length).toBe(3);
        expect(ours.flatMap((container) => brokenContainerRules(container, spec))).toEqual([]);
      }),
    );
  });

  it('in a restricted namespace the whole Pod satisfies it, or is refused with reasons', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPod, async (pod) => {
        const injection = await injectPod(pod, 'default', restricted);
        if (injection.outcome === 'refused') {
          expect(injection.findings.map(({ code }) => code)).toContain('security-contradiction');
        } else if (injection.pod.spec !== undefined) {
          expect(brokenRules(injection.pod.spec)).toEqual([]);
        }
      }),
    );
  });

  it('containers that another webhook adds or reorders afterwards change nothing of ours', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryPod, everywhere, fc.boolean(), async (pod, context, atFront) => {
        const mutate = createMutate(context);
        const first = (await mutate(requestFor(pod))).response;
        fc.pre(first.allowed);
        const injected = patchedBy(first, pod);
        const sidecar = { name: 'late-sidecar', image: 'registry.example/mesh:1.0.0' };
        const others = injected.spec?.containers ?? [];
        const meddled: V1Pod = {
          ...injected,
          spec: {
            ...injected.spec,
            containers: atFront ? [sidecar, ...others] : [...others].reverse().concat(sidecar),
          },
        };
        const converged = patchedBy((await mutate(requestFor(meddled))).response, meddled);
        const late = converged.spec?.containers.find(({ name }) => name === 'late-sidecar');
        expect(late?.securityContext !== undefined).toBe(context === restricted);
        const withoutLate = (list: V1Container[] | undefined): V1Container[] =>
          (list ?? []).filter(({ name }) => name !== 'late-sidecar');
        expect(withoutLate(converged.spec?.containers)).toEqual(withoutLate(meddled.spec?.containers));
        expect(converged.spec?.initContainers).toEqual(injected.spec?.initContainers);
      }),
    );
  });
});

/** Paths at which `after` lacks or contradicts what `before` has; lists may only have grown at their end. */
function keepsAll(before: unknown, after: unknown, path: string): string[] {
  if (before === 'auto' && path.endsWith('.image')) return [];
  if (Array.isArray(before)) {
    // An empty list says nothing: it may be filled or replaced.
    if (!Array.isArray(after)) return [path];
    return before.flatMap((item, index) => keepsAll(item, after[index], `${path}[${index}]`));
  }
  if (typeof before === 'object' && before !== null) {
    if (typeof after !== 'object' || after === null) return [path];
    const result = new Map(Object.entries(after));
    return Object.entries(before).flatMap(([key, value]) => keepsAll(value, result.get(key), `${path}.${key}`));
  }
  return Object.is(before, after) ? [] : [path];
}
