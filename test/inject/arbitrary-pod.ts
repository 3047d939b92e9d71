import type {
  V1Container,
  V1EnvFromSource,
  V1ContainerPort,
  V1Pod,
  V1ResourceRequirements,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import fc from 'fast-check';

/** Pods as authors and other webhooks may write them: most are fine, some contradict `restricted`, some carry unknown fields. */

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);

const securityContext = fc.record(
  {
    runAsUser: fc.constantFrom(1, 1000, 4711),
    runAsNonRoot: fc.constant(true),
    readOnlyRootFilesystem: fc.boolean(),
    allowPrivilegeEscalation: fc.constantFrom(false, false, true),
    privileged: fc.constantFrom(false, false, false, true),
    capabilities: fc.record(
      {
        add: fc.constantFrom<string[]>([], ['NET_BIND_SERVICE'], ['SYS_ADMIN']),
        drop: fc.constantFrom<string[]>([], ['ALL'], ['ALL', 'NET_RAW']),
      },
      { requiredKeys: [] },
    ),
    seccompProfile: fc.constantFrom({ type: 'RuntimeDefault' }, { type: 'Localhost', localhostProfile: 'a.json' }),
    futureSecurityField: fc.integer(),
  },
  { requiredKeys: [] },
);

const container = (containerName: string, images = ['registry.example/a:1.0.0']): fc.Arbitrary<V1Container> =>
  fc
    .record(
      {
        image: fc.constantFrom(...images),
        command: fc.constantFrom<string[]>([], ['node', 'worker.js']),
        args: fc.constantFrom<string[]>([], ['--once']),
        workingDir: fc.constant('/srv'),
        env: fc.uniqueArray(
          fc.record({ name: fc.constantFrom('NODE_ENV', 'FUNC_TIMEOUT', 'A', 'PYTHONPATH'), value: fc.string() }),
          { selector: (variable) => variable.name },
        ),
        ports: fc.constantFrom<V1ContainerPort[]>(
          [],
          [{ containerPort: 3000, name: 'http' }],
          [{ containerPort: 9090, name: 'metrics' }],
          [{ containerPort: 5000, name: 'http', protocol: 'UDP' }],
          [{ containerPort: 4000 }],
        ),
        envFrom: fc.constantFrom<V1EnvFromSource[]>(
          [],
          [{ configMapRef: { name: 'settings' } }],
          [{ prefix: 'OTEL_', secretRef: { name: 'telemetry' } }],
        ),
        resources: fc.constantFrom<V1ResourceRequirements>(
          {},
          { limits: { memory: '1Gi' } },
          { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
          { requests: { cpu: '10m' }, limits: { 'registry.example/gpu': '1' } },
        ),
        volumeMounts: fc.constantFrom<V1VolumeMount[]>(
          [],
          [{ name: 'data', mountPath: '/tmp' }],
          [{ name: 'data', mountPath: '/data' }],
        ),
        readinessProbe: fc.constant({ httpGet: { path: '/ready', port: 3000 } }),
        securityContext,
        futureContainerField: fc.jsonValue(),
      },
      { requiredKeys: ['image'] },
    )
    .map((fields) => ({ name: containerName, ...fields }));

const containers = (prefix: string, least: number): fc.Arbitrary<V1Container[]> =>
  fc
    .uniqueArray(name, { minLength: least, maxLength: 3 })
    .chain((names) => fc.tuple(...names.map((item) => container(`${prefix}-${item}`))));

const volumes: fc.Arbitrary<V1Volume[]> = fc
  .uniqueArray(fc.constantFrom('data', 'cache', 'settings', 'host'), { maxLength: 4 })
  .map((names) =>
    names.map((item) => (item === 'host' ? { name: item, hostPath: { path: '/' } } : { name: item, emptyDir: {} })),
  );

/** A labelled Pod for the runtime nodejs22 whose Function's container is called `function`, wherever in the list it stands. */
export const arbitraryPod: fc.Arbitrary<V1Pod> = fc
  .record({
    before: containers('b', 0),
    main: container('function', ['auto', 'registry.example/a:1.0.0']),
    after: containers('a', 0),
    initContainers: fc.option(containers('i', 0), { nil: undefined }),
    volumes: fc.option(volumes, { nil: undefined }),
    podSecurity: fc.option(
      securityContext.map(({ runAsUser, runAsNonRoot, seccompProfile }) => ({
        runAsUser,
        runAsNonRoot,
        seccompProfile,
      })),
      { nil: undefined },
    ),
    unknown: fc.jsonValue(),
    generated: fc.boolean(),
  })
  .map(({ before, main, after, initContainers, volumes: podVolumes, podSecurity, unknown, generated }) => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...(generated ? { generateName: 'hello-' } : { name: 'hello' }),
        labels: { 'buildless.dev/function': 'hello' },
        annotations: { 'buildless.dev/runtime': 'nodejs22' },
        managedFields: [{ manager: 'kubectl', fieldsV1: { unknown } }],
      },
      spec: {
        futureSpecField: unknown,
        containers: [...before, main, ...after],
        ...(initContainers !== undefined && { initContainers }),
        ...(podVolumes !== undefined && { volumes: podVolumes }),
        ...(podSecurity !== undefined && { securityContext: podSecurity }),
      },
    };
    // What an API server sends went through JSON: no undefined, no shared subtrees.
    const parsed: V1Pod = JSON.parse(JSON.stringify(pod)) as V1Pod;
    return parsed;
  });
