import type { V1Container, V1ContainerPort } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import { requestFor, contextWith } from '../admission/review-of.ts';
import { functionPod, injected, type FunctionPod } from './function-of.ts';

const env = (values: Readonly<Record<string, string>>): Pick<V1Container, 'env'> => ({
  env: Object.entries(values).map(([name, value]) => ({ name, value })),
});
const ports = (...list: readonly V1ContainerPort[]): Pick<V1Container, 'ports'> => ({ ports: [...list] });
const sidecar = (port: V1ContainerPort): NonNullable<FunctionPod['spec']> => ({
  containers: [{ name: 'proxy', image: 'registry.example/proxy:1.0.0', ports: [port] }],
});
const nativeSidecar = (port: V1ContainerPort): NonNullable<FunctionPod['spec']> => ({
  initContainers: [{ name: 'proxy', image: 'registry.example/proxy:1.0.0', restartPolicy: 'Always', ports: [port] }],
  containers: [],
});

async function portOf(given: FunctionPod): Promise<string> {
  const { container, said } = await injected(functionPod(given));
  const listens = container.env?.find(({ name }) => name === 'FUNC_PORT')?.value ?? '-';
  const probe = container.readinessProbe?.httpGet?.port;
  expect(probe).toBe(container.name === '' ? undefined : Number(listens));
  const declared = (container.ports ?? []).map(
    ({ name, containerPort, protocol }) => `${name ?? '-'}:${containerPort}${protocol === 'UDP' ? '/UDP' : ''}`,
  );
  return [listens, declared.join(','), ...said].join(' | ');
}

describe("the Function's port is", () => {
  it.each<[string, FunctionPod, string]>([
    ['8080 if nothing is said', {}, '8080 | http:8080'],
    ['FUNC_PORT before PORT', { container: env({ PORT: '3000', FUNC_PORT: '4000' }) }, '4000 | http:4000'],
    ['PORT', { container: env({ PORT: '3000' }) }, '3000 | http:3000'],
    [
      'the TCP port named http among several',
      { container: ports({ containerPort: 9090, name: 'metrics' }, { containerPort: 3000, name: 'http' }) },
      '3000 | metrics:9090,http:3000',
    ],
    ['the only TCP port, named or not', { container: ports({ containerPort: 3000 }) }, '3000 | -:3000'],
    [
      'the only TCP port beside a UDP port',
      { container: ports({ containerPort: 53, protocol: 'UDP' }, { containerPort: 3000 }) },
      '3000 | -:53/UDP,-:3000',
    ],
    [
      '8080 if several TCP ports have other names',
      { container: ports({ containerPort: 1111, name: 'a' }, { containerPort: 2222, name: 'b' }) },
      '8080 | a:1111,b:2222,http:8080',
    ],
    [
      'never a UDP port, and not named twice',
      { container: ports({ containerPort: 5000, name: 'http', protocol: 'UDP' }) },
      '8080 | http:5000/UDP,-:8080 | port-name-taken spec.containers[0].ports[0]',
    ],
  ])('%s', async (_, given, expected) => {
    expect(await portOf(given)).toBe(expected);
  });

  it.each<[string, FunctionPod, string]>([
    [
      'a value that is not a number',
      { container: env({ PORT: 'web' }) },
      'port-contradiction spec.containers[0].env[0]',
    ],
    [
      'a number in another notation',
      { container: env({ PORT: '0x50' }) },
      'port-contradiction spec.containers[0].env[0]',
    ],
    [
      'a port named http that differs',
      { container: { ...env({ PORT: '3000' }), ...ports({ containerPort: 80, name: 'http' }) } },
      'port-contradiction spec.containers[0].env[0]',
    ],
    [
      'a value that only the Pod will know',
      { container: { env: [{ name: 'PORT', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] } },
      'port-contradiction spec.containers[0].env[0]',
    ],
  ])('refused for %s', async (_, given, expected) => {
    expect((await injected(functionPod(given))).said).toEqual([expected]);
  });
});

describe('in the template of a Knative Service', () => {
  const knative = (container: Partial<V1Container>): ReturnType<typeof functionPod> => {
    const pod = functionPod({ container });
    const labels = { ...pod.metadata?.labels, 'serving.knative.dev/service': 'hello' };
    return { ...pod, metadata: { ...pod.metadata, labels } };
  };

  it.each<[string, Partial<V1Container>, readonly string[]]>([
    ['the port is the only one', ports({ containerPort: 9000 }), []],
    ['FUNC_PORT may repeat it', { ...env({ FUNC_PORT: '9000' }), ...ports({ containerPort: 9000 }) }, []],
    ['FUNC_PORT may repeat the default', env({ FUNC_PORT: '8080' }), []],
    ['FUNC_PORT is not another one', env({ FUNC_PORT: '9000' }), ['port-contradiction spec.containers[0].env[0]']],
    [
      'FUNC_PORT is not another one than an unnamed port',
      { ...env({ FUNC_PORT: '9000' }), ...ports({ containerPort: 8081 }) },
      ['port-contradiction spec.containers[0].env[0]'],
    ],
  ])('%s', async (_, container, expected) => {
    const { said } = await injected(knative(container));
    expect(said.filter((each) => each.startsWith('port-'))).toEqual(expected);
  });
});

it('a value or a quantity that is not text is refused, whatever it is', async () => {
  const hostile = JSON.parse('{ "toString": 1 }') as string;
  expect((await injected(functionPod({ container: env({ PORT: hostile }) }))).said).toEqual([
    'port-contradiction spec.containers[0].env[0]',
  ]);
  const pod = functionPod({ container: { resources: { limits: { cpu: hostile } } } });
  const { response } = await createMutate(contextWith({}))(requestFor(pod));
  expect(response.status?.message).toContain('spec.containers[0].resources.limits[cpu]');
});

describe('a Service that names a port reaches the container that the author meant', () => {
  const proxy = { name: 'http', containerPort: 4180 };

  it('the Function gets no second port of a name that a sidecar has', async () => {
    expect(await portOf({ spec: sidecar(proxy) })).toBe('8080 | -:8080 | port-name-taken spec.containers[1].ports[0]');
  });

  it('nor of a name that a native sidecar has', async () => {
    expect(await portOf({ spec: nativeSidecar(proxy) })).toBe(
      '8080 | -:8080 | port-name-taken spec.initContainers[0].ports[0]',
    );
  });
});

describe('two containers on one port are warned of', () => {
  const shared = { containerPort: 8080 };

  it('for sidecars and native sidecars alike', async () => {
    const beside = await injected(functionPod({ spec: sidecar(shared) }));
    expect(beside.said).toEqual(['port-shared spec.containers[1].ports[0]']);
    const native = await injected(functionPod({ spec: nativeSidecar(shared) }));
    expect(native.said).toEqual(['port-shared spec.initContainers[0].ports[0]']);
  });

  it('not for an init container that has ended, nor for UDP', async () => {
    const initContainers = [{ name: 'setup', image: 'registry.example/setup:1.0.0', ports: [shared] }];
    expect((await injected(functionPod({ spec: { initContainers, containers: [] } }))).said).toEqual([]);
    expect((await injected(functionPod({ spec: sidecar({ ...shared, protocol: 'UDP' }) }))).said).toEqual([]);
  });
});

describe('a port below 1024', () => {
  const low = ports({ containerPort: 80, name: 'http' });

  it('is warned of', async () => {
    expect(await portOf({ container: low })).toBe('80 | http:80 | port-privileged spec.containers[0]');
    expect(await portOf({ container: env({ FUNC_PORT: '443' }) })).toBe(
      '443 | http:443 | port-privileged spec.containers[0]',
    );
  });

  it('is fine if the Pod lets everyone listen there', async () => {
    const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
    expect(await portOf({ container: low, spec: { securityContext: { sysctls }, containers: [] } })).toBe(
      '80 | http:80',
    );
  });
});
