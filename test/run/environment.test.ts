import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { indexResources } from '../../src/manifests/resources.ts';
import { environmentOf } from '../../src/run/environment.ts';

const POD: V1Pod = {
  metadata: { name: 'hello', namespace: 'shop', labels: { tier: 'front' }, annotations: { note: 'n' } },
};
const metadata = (name: string): object => ({ name, namespace: 'shop' });
const RESOURCES = indexResources(
  [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('words'), data: { GREETING: 'hi', WHO: 'all' } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('keys'),
      data: { TOKEN: Buffer.from('t0ken').toString('base64') },
      stringData: { PLAIN: 'p' },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words', namespace: 'other' }, data: { GREETING: 'no' } },
  ].map((object) => ({ object })),
);

const environment = (container: Partial<V1Container>): ReturnType<typeof environmentOf> =>
  environmentOf({ name: 'function', ...container }, POD, RESOURCES);

describe("a container's variables", () => {
  it('are those of envFrom, then those of env over them, each with the ones before it', () => {
    const { values, unknown } = environment({
      envFrom: [{ configMapRef: { name: 'words' } }, { prefix: 'S_', secretRef: { name: 'keys' } }],
      env: [
        { name: 'WHO', value: 'you' },
        { name: 'LINE', value: '$(GREETING) $(WHO) $(LATER) $$(WHO)' },
        { name: 'LATER', value: 'x' },
      ],
    });
    expect(Object.fromEntries(values)).toEqual({
      GREETING: 'hi',
      WHO: 'you',
      S_TOKEN: 't0ken',
      S_PLAIN: 'p',
      LINE: 'hi you $(LATER) $(WHO)',
      LATER: 'x',
    });
    expect(unknown).toEqual([]);
  });

  it.each([
    [{ fieldRef: { fieldPath: 'metadata.name' } }, 'hello'],
    [{ fieldRef: { fieldPath: 'metadata.namespace' } }, 'shop'],
    [{ fieldRef: { fieldPath: "metadata.labels['tier']" } }, 'front'],
    [{ fieldRef: { fieldPath: "metadata.annotations['absent']" } }, ''],
    [{ fieldRef: { fieldPath: 'status.podIP' } }, '127.0.0.1'],
    [{ fieldRef: { fieldPath: 'spec.serviceAccountName' } }, 'default'],
    [{ resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } }, '512'],
    [{ resourceFieldRef: { resource: 'limits.cpu' } }, '1'],
    [{ configMapKeyRef: { name: 'words', key: 'GREETING' } }, 'hi'],
    [{ secretKeyRef: { name: 'keys', key: 'TOKEN' } }, 't0ken'],
    [{ secretKeyRef: { name: 'absent', key: 'TOKEN', optional: true } }, undefined],
  ])('%j gives %j', (valueFrom, value) => {
    const { values, unknown } = environment({
      env: [{ name: 'X', valueFrom }],
      resources: { limits: { memory: '512Mi', cpu: '800m' } },
    });
    expect(values.get('X')).toBe(value);
    expect(unknown).toEqual([]);
  });

  it('that the input does not hold are left out, and said', () => {
    const { values, unknown } = environment({
      envFrom: [{ secretRef: { name: 'absent' } }, { configMapRef: { name: 'absent', optional: true } }],
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'absent', key: 'a' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'words', key: 'b' } } },
        { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      ],
    });
    expect(values.size).toBe(0);
    expect(unknown).toEqual([
      'all variables of the Secret absent, which is not in the input',
      'A: the Secret absent is not in the input',
      'B: the ConfigMap words has no key "b"',
      'C: limits.cpu is not set in this container',
    ]);
  });
});
