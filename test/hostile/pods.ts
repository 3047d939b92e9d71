/** A Pod in which every kind of field that holds a text is set, and its copies with one of them replaced. */
export const fullPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'hello',
    generateName: 'hello-',
    namespace: 'shop',
    labels: { 'buildless.dev/function': 'hello', app: 'hello' },
    annotations: {
      'buildless.dev/runtime': 'nodejs22',
      'buildless.dev/source': 'configmap:hello',
      'buildless.dev/handler': 'handler.main',
      'buildless.dev/container': 'function',
      'buildless.dev/profile': 'S',
      'buildless.dev/registry': 'npm',
      'buildless.dev/installer': 'auto',
      'buildless.dev/install-scripts': 'deny',
      'buildless.dev/cache': 'packages',
      'buildless.dev/mode': 'buildless',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      other: 'text',
    },
    finalizers: ['example.com/hold'],
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'hello-1', uid: '1', controller: true }],
    managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsType: 'FieldsV1', fieldsV1: { 'f:a': {} } }],
  },
  spec: {
    serviceAccountName: 'default',
    nodeName: 'node',
    hostname: 'h',
    subdomain: 's',
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default',
    priorityClassName: 'p',
    runtimeClassName: 'r',
    os: { name: 'linux' },
    nodeSelector: { zone: 'a' },
    hostAliases: [{ ip: '127.0.0.1', hostnames: ['a'] }],
    dnsConfig: { nameservers: ['1.1.1.1'], searches: ['a'], options: [{ name: 'ndots', value: '2' }] },
    imagePullSecrets: [{ name: 'pull' }],
    readinessGates: [{ conditionType: 'a' }],
    tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute' }],
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }],
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'a', labelSelector: { matchLabels: { a: 'b' } } },
        ],
      },
    },
    securityContext: {
      seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'a' },
      appArmorProfile: { type: 'RuntimeDefault' },
      seLinuxOptions: { type: 'container_t', user: '', role: '' },
      sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }],
      supplementalGroupsPolicy: 'Merge',
    },
    volumes: [
      { name: 'data', emptyDir: { medium: '', sizeLimit: '1Gi' } },
      { name: 'secret', secret: { secretName: 'a', items: [{ key: 'a', path: 'b' }] } },
      { name: 'map', configMap: { name: 'a' } },
      { name: 'image', image: { reference: 'registry.example/a:1', pullPolicy: 'Always' } },
    ],
    initContainers: [{ name: 'first', image: 'registry.example/init:1', command: ['true'], restartPolicy: 'Always' }],
    containers: [
      {
        name: 'function',
        image: 'auto',
        command: [],
        args: [],
        workingDir: '/work',
        imagePullPolicy: 'Always',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        env: [
          { name: 'A', value: 'a' },
          { name: 'PORT', value: '8080' },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'a', key: 'b' }, fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        envFrom: [{ prefix: 'P_', configMapRef: { name: 'a' } }],
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP', hostIP: '' }],
        volumeMounts: [
          { name: 'data', mountPath: '/data', subPath: 'a', subPathExpr: '$(A)', mountPropagation: 'None' },
        ],
        volumeDevices: [{ name: 'block', devicePath: '/dev/a' }],
        resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1' }, claims: [{ name: 'a' }] },
        lifecycle: { preStop: { exec: { command: ['a'] } }, stopSignal: 'SIGTERM' },
        readinessProbe: { httpGet: { path: '/', port: 'http', scheme: 'HTTP' } },
        livenessProbe: { exec: { command: ['a'] } },
        startupProbe: { grpc: { port: 1, service: 'a' } },
        securityContext: {
          capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
          seLinuxOptions: { type: 'container_t' },
          procMount: 'Default',
          windowsOptions: { gmsaCredentialSpecName: 'a' },
        },
      },
      { name: 'sidecar', image: 'registry.example/sidecar:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    ],
  },
} as const;

export type TextPath = readonly (string | number)[];

/** Where an object holds texts, its keys among them: a path that ends with `KEY` stands for the name of a new key. */
export function textPaths(value: unknown, at: TextPath = []): readonly TextPath[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, item]) =>
    textPaths(item, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? inside : [...inside, [...at, KEY]];
}

/** At the end of a path: a key of the map. */
const KEY = '*';

/** A copy with another text at a path. */
export function withText(value: unknown, [key, ...rest]: TextPath, text: string): unknown {
  if (key === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === key ? withText(item, rest, text) : item));
  }
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (key === KEY && rest.length === 0) return Object.fromEntries([...entries, [text, 'a']]);
  return Object.fromEntries(entries.map(([name, item]) => [name, name === key ? withText(item, rest, text) : item]));
}

/** Each list and map of a Pod with as many items as fit into a number of bytes. */
export const CROWDED_PODS: Readonly<Record<string, (bytes: number) => object>> = {
  volumes: (bytes) => inSpec({ volumes: many(bytes, 40, (n) => ({ name: `v${n}`, hostPath: { path: '/' } })) }),
  containers: (bytes) =>
    inSpec({
      containers: [
        ...fullPod.spec.containers,
        ...many(bytes, 120, (n) => ({
          name: `c${n}`,
          image: 'auto',
          ports: [{ containerPort: 8080, hostPort: 1 }],
          securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN'] } },
        })),
      ],
    }),
  env: (bytes) => inFunction({ env: many(bytes, 30, (n) => ({ name: `E${n % 100}`, value: '$(A)' })) }),
  mounts: (bytes) =>
    inFunction({ volumeMounts: many(bytes, 40, (n) => ({ name: 'data', mountPath: `/buildless/${n}` })) }),
  ports: (bytes) => inFunction({ ports: many(bytes, 40, (n) => ({ name: 'http', containerPort: n })) }),
  capabilities: (bytes) => inFunction({ securityContext: { capabilities: { add: many(bytes, 8, (n) => `C${n}`) } } }),
  annotations: (bytes) =>
    inMetadata({ annotations: Object.fromEntries(many(bytes, 30, (n) => [`buildless.dev/a${n}`, 'a'])) }),
  labels: (bytes) =>
    inMetadata({
      labels: { 'buildless.dev/function': 'a', ...Object.fromEntries(many(bytes, 20, (n) => [`l${n}`, 'a'])) },
    }),
  sysctls: (bytes) =>
    inSpec({ securityContext: { sysctls: many(bytes, 40, (n) => ({ name: `kernel.${n}`, value: '1' })) } }),
};

/** @param each of one item, in bytes, about */
const many = <Item>(bytes: number, each: number, item: (n: number) => Item): Item[] =>
  Array.from({ length: Math.floor(bytes / each) }, (_, n) => item(n));

const inSpec = (fields: object): object => ({ ...fullPod, spec: { ...fullPod.spec, ...fields } });
const inMetadata = (fields: object): object => ({ ...fullPod, metadata: { ...fullPod.metadata, ...fields } });
const inFunction = (fields: object): object =>
  inSpec({ containers: fullPod.spec.containers.map((item, index) => (index === 0 ? { ...item, ...fields } : item)) });
