import { describe, expect, it } from 'vitest';
import jsonPatch from 'fast-json-patch';
import { createMutate, injectPod } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { parsePod } from '../../src/function/pod-shape.ts';
import { replica, requestFor, sourceOf, contextWith } from '../admission/review-of.ts';

const source = sourceOf({ 'handler.js': 'exports.main = () => 1;', 'package.json': '{"dependencies":{"ms":"2.1.3"}}' });
const ordinary = contextWith({ source });
const restricted = contextWith({ source, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });

/** A Pod that says something in every field that an injection, a check or a warning looks at. */
const full = {
  ...replica,
  metadata: {
    ...replica.metadata,
    labels: { ...replica.metadata.labels, team: 'shop' },
    annotations: {
      ...replica.metadata.annotations,
      'container.apparmor.security.beta.kubernetes.io/function': 'runtime/default',
    },
    ownerReferences: [{ kind: 'ReplicaSet', controller: true }],
    deletionTimestamp: null,
  },
  spec: {
    os: { name: 'linux' },
    restartPolicy: 'Always',
    hostNetwork: false,
    hostPID: false,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    resources: { requests: { cpu: '1' }, limits: { cpu: '1' } },
    securityContext: {
      runAsUser: 1000,
      fsGroup: 1000,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      seLinuxOptions: { type: 'container_t' },
      appArmorProfile: { type: 'RuntimeDefault' },
      windowsOptions: { hostProcess: false },
      sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }],
      supplementalGroups: [1],
    },
    initContainers: [{ name: 'first', image: 'a:1.0.0', ports: [{ containerPort: 9 }] }],
    containers: [
      {
        name: 'function',
        image: 'auto',
        imagePullPolicy: 'Always',
        command: [],
        args: [],
        workingDir: '/srv',
        env: [
          { name: 'A', value: 'b' },
          { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        envFrom: [{ configMapRef: { name: 'settings' } }],
        ports: [{ name: 'http', containerPort: 3000, hostPort: 0, protocol: 'TCP' }],
        resources: { requests: { cpu: '1' }, limits: { cpu: '1' }, claims: [{ name: 'gpu' }] },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        volumeDevices: [{ name: 'disk', devicePath: '/dev/xvda' }],
        livenessProbe: { httpGet: { path: '/', port: 3000, host: '' }, tcpSocket: { port: 1 } },
        readinessProbe: { exec: { command: ['true'] } },
        startupProbe: { tcpSocket: { port: 3000, host: '' } },
        lifecycle: { preStop: { httpGet: { path: '/', port: 1, host: '' } } },
        securityContext: {
          allowPrivilegeEscalation: false,
          privileged: false,
          procMount: 'Default',
          runAsUser: 1000,
          runAsGroup: 1000,
          runAsNonRoot: true,
          capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
          seLinuxOptions: { type: 'container_t' },
          appArmorProfile: { type: 'RuntimeDefault' },
          windowsOptions: { hostProcess: false },
        },
      },
      { name: 'sidecar', image: 'b:1.0.0', ports: [{ containerPort: 3000 }] },
    ],
    ephemeralContainers: [{ name: 'debug', image: 'c:1.0.0' }],
    volumes: [
      { name: 'data', emptyDir: {} },
      { name: 'p', projected: { sources: [{ downwardAPI: { items: [] } }] } },
    ],
    resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }],
  },
};

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    ...(path.length === 0 ? [] : [path]),
    ...Object.entries(value).flatMap(([key, item]) =>
      pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function withValue(value: unknown, [step, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? withValue(item, rest, change) : item));
  const fields = Object.entries(Object(value) as object).map(([key, item]: [string, unknown]) => [
    key,
    key === step ? withValue(item, rest, change) : item,
  ]);
  return Object.fromEntries(fields);
}

const toNull = (): null => null;

describe('a field of a Pod that holds null', () => {
  const paths = pathsOf(full);

  it('is answered by both webhooks as if it were not there, wherever it stands', async () => {
    expect(paths.length).toBeGreaterThan(120);
    for (const context of [ordinary, restricted]) {
      const [mutate, validate] = [createMutate(context), createValidate(context)];
      for (const path of paths) {
        const pod = withValue(full, path, toNull) as typeof full;
        const isItem = typeof path.at(-1) === 'number';
        const absent: unknown = isItem ? undefined : JSON.parse(JSON.stringify(withValue(full, path, () => undefined)));
        const answer = await mutate(requestFor(pod));
        await validate(requestFor(pod));
        if (absent === undefined) continue;
        const expected = await createMutate(context)(requestFor(absent as object));
        expect({ path, codes: answer.codes }).toEqual({ path, codes: expected.codes });
      }
    }
  });

  it('leaves a patch that the API server can apply, with the same result', async () => {
    for (const path of paths) {
      if (typeof path.at(-1) === 'number') continue;
      const pod = withValue(full, path, toNull) as typeof full;
      const { response } = await createMutate(ordinary)(requestFor(pod));
      if (response.patch === undefined) continue;
      const operations = JSON.parse(Buffer.from(response.patch, 'base64').toString()) as jsonPatch.Operation[];
      const patched = jsonPatch.applyPatch(structuredClone(pod), operations, true).newDocument;
      const parsed = parsePod(pod);
      if ('findings' in parsed) throw new Error('a patch for what is shaped like no Pod');
      const injection = await injectPod(parsed.pod, 'default', ordinary);
      expect(parsePod(patched)).toEqual('pod' in injection ? { pod: injection.pod } : undefined);
    }
  });

  it.each(['Deployment', 'CronJob'])('stops no review of a %s', async (kind) => {
    const validate = createValidate(ordinary);
    const template = { metadata: full.metadata, spec: full.spec };
    const object =
      kind === 'Deployment'
        ? { metadata: { name: 'a' }, spec: { template } }
        : { metadata: { name: 'a' }, spec: { jobTemplate: { spec: { template } } } };
    const group = kind === 'Deployment' ? 'apps' : 'batch';
    for (const path of pathsOf(object)) {
      const changed = withValue(object, path, toNull) as object;
      await validate(requestFor(changed, { kind: { group, version: 'v1', kind }, oldObject: { metadata: null } }));
    }
  });

  it.each(['ConfigMap', 'Namespace'])('stops no review of a %s', async (kind) => {
    const validate = createValidate(ordinary);
    const object = {
      metadata: { name: 'hello', labels: { 'buildless.dev/function': 'hello', 'buildless.dev/x': 'y' } },
      data: { 'handler.js': '' },
      binaryData: { a: '' },
    };
    for (const path of pathsOf(object)) {
      const changed = withValue(object, path, toNull) as typeof object;
      await validate(requestFor(changed, { kind: { group: '', version: 'v1', kind }, oldObject: { ...changed } }));
    }
  });
});
