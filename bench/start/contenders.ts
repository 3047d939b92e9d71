import { readFileSync } from 'node:fs';
import type {
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1Pod,
  V1Probe,
  V1ResourceRequirements,
} from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { hashedRequirements, npmLock, npmManifest, PYTHON_REQUIREMENTS } from '../measure/locked.ts';

/** A Function to start: the same files for every contender. */
export interface Subject {
  readonly name: string;
  readonly runtime: 'nodejs22' | 'python311';
  readonly files: Readonly<Record<string, string>>;
  /** Of the Pod, beside the runtime's. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Files beside these, for the contender that installs from a lock. */
  readonly lock?: Readonly<Record<string, string>>;
}

export type Limits = 'L' | 'XS';
/** Makes the Pod of a contender. */
export type MakePod = (name: string, subject: Subject, limits: Limits) => V1Pod;

const EXIT = { node: "if (event.extensions?.request?.path === '/exit') process.exit(1);", python: '' };

/** An example's ConfigMap and annotations, as they are in the repository. */
function example(name: string, runtime: Subject['runtime']): Subject {
  const documents = parseAllDocuments(readFileSync(`examples/${name}/function.yaml`, 'utf8')).map(
    (document) => document.toJS() as V1ConfigMap & V1Deployment,
  );
  const find = (wanted: string): (V1ConfigMap & V1Deployment) | undefined =>
    documents.find(({ kind }) => kind === wanted);
  const annotations = find('Deployment')?.spec?.template.metadata?.annotations ?? {};
  return { name, runtime, files: find('ConfigMap')?.data ?? {}, annotations };
}

/**
 * What the figures of docs/performance.md have been about from the start: 55 packages for Node.js, 14 for Python.
 *
 * @param tools folder with uv
 */
export const subjects = (tools: string): readonly Subject[] => [
  example('hello-node', 'nodejs22'),
  example('hello-python', 'python311'),
  // Those of the examples that need nothing but themselves; the node has the Python of its Debian.
  example('cloud-events', 'nodejs22'),
  example('multi-file', 'nodejs22'),
  example('third-party-library', 'nodejs22'),
  example('python-pydantic', 'python311'),
  {
    name: 'npm-55',
    runtime: 'nodejs22',
    files: {
      'handler.js': `const axios = require('axios'); exports.main = (event) => { ${EXIT.node} return typeof axios.get; };`,
      'package.json': npmManifest(),
    },
    lock: { 'package-lock.json': npmLock() },
  },
  {
    name: 'pip-14',
    runtime: 'python311',
    files: {
      'handler.py': 'import requests\n\ndef main(event, context):\n    return requests.__version__\n',
      'requirements.txt': `${PYTHON_REQUIREMENTS.join('\n')}\n`,
    },
    lock: { 'requirements.txt': hashedRequirements(tools, '3.11') },
  },
];

/** The presets' limits; the requests of one that always fits, so that 20 Pods are not held by the scheduler. */
function resources(limits: Limits): V1ResourceRequirements {
  return { ...DEFAULT_CONFIGURATION.profiles[limits], requests: { cpu: '10m', memory: '64Mi' } };
}

const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 1000,
  fsGroup: 1000,
  seccompProfile: { type: 'RuntimeDefault' },
};
const CONTAINER = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };

const imageOf = ({ runtime }: Subject): string => DEFAULT_CONFIGURATION.runtimes[runtime]?.image ?? '';

/** As light as a server can be; Kyma's own loads Express or Bottle first, so this flatters it. */
const TRIVIAL = {
  nodejs22:
    "const handler = process.argv[1] && require(process.argv[1]); require('http').createServer((q, r) => { if (q.url === '/exit') process.exit(1); r.end('ok'); }).listen(8080)",
  python311: `import http.server, sys, os
if len(sys.argv) > 1:
    sys.path[:0] = [sys.argv[1], '/kyma/packages']
    import handler
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/exit': os._exit(1)
        self.send_response(200); self.end_headers(); self.wfile.write(b'ok')
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(('', 8080), H).serve_forever()`,
} as const;

const serve = (runtime: Subject['runtime'], ...args: readonly string[]): string[] =>
  runtime === 'nodejs22' ? ['node', '-e', TRIVIAL.nodejs22, ...args] : ['python3', '-c', TRIVIAL.python311, ...args];

const probe = (more: Partial<V1Probe>): V1Probe => ({ httpGet: { path: '/healthz', port: 8080 }, ...more });

/** Ours: the webhook makes the rest of it. */
const ours =
  (suffix: string, more: Readonly<Record<string, string>> = {}): MakePod =>
  (name, subject, limits) => ({
    metadata: {
      name,
      labels: { 'buildless.dev/function': `${subject.name}${suffix}`, contender: 'buildless' },
      annotations: { ...subject.annotations, 'buildless.dev/runtime': subject.runtime, ...more },
    },
    spec: { containers: [{ name: 'function', image: 'auto', resources: resources(limits) }] },
  });

const LOCKED = '-locked';
export const buildless = ours('');
/** The same with a lock, from which bun or uv installs. */
export const buildlessLocked = ours(LOCKED);
/** PersistentVolumeClaim of the next. */
export const CACHE = 'cache';
/** And with a cache that an earlier Pod filled. */
export const buildlessCached = ours(LOCKED, { 'buildless.dev/cache': CACHE });

/** The ConfigMaps that ours need. */
export const sourcesOf = ({ name, files, lock }: Subject): readonly (readonly [string, Subject['files']])[] => [
  [name, files],
  ...(lock === undefined ? [] : [[`${name}${LOCKED}`, { ...files, ...lock }] as const]),
];

/** The Pod that Kyma makes: files from variables, installation and server in the main container, its probes. */
export const kyma: MakePod = (name, subject, limits) => {
  const files = Object.entries(subject.files).map(([key, text], index) => ({
    key: key.replaceAll('..', '/'),
    text,
    index,
  }));
  const write = files.map(({ key, index }) => `mkdir -p "$(dirname ${key})"; printf '%s' "$FILE_${index}" > ${key}`);
  const install =
    subject.runtime === 'nodejs22'
      ? 'npm install --prefer-offline --no-audit --progress=false'
      : 'pip install --no-cache-dir --target=/kyma/packages -r requirements.txt';
  const start =
    subject.runtime === 'nodejs22'
      ? `node -e "$SERVER" /kyma/function/handler.js`
      : `python3 -c "$SERVER" /kyma/function`;
  return pod(name, 'kyma', {
    name: 'function',
    image: imageOf(subject),
    command: ['sh', '-c', ['mkdir -p /kyma/function', 'cd /kyma/function', ...write, install, start].join('\n')],
    env: [
      { name: 'HOME', value: '/tmp' },
      { name: 'SERVER', value: TRIVIAL[subject.runtime] },
      ...files.map(({ text, index }) => ({ name: `FILE_${index}`, value: text })),
    ],
    resources: resources(limits),
    startupProbe: probe({ periodSeconds: 5, failureThreshold: 60 }),
    readinessProbe: probe({ periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 1 }),
    livenessProbe: probe({ periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 3 }),
  });
};

/** The floors: a trivial server without anything before it, and with one init container that does nothing. */
export const noInit: MakePod = (name, subject, limits) => pod(name, 'no-init', trivial(subject, limits));

export const emptyInit: MakePod = (name, subject, limits) =>
  pod(name, 'empty-init', trivial(subject, limits), {
    name: 'nothing',
    image: imageOf(subject),
    command: ['true'],
    securityContext: CONTAINER,
  });

const trivial = (subject: Subject, limits: Limits): V1Container => ({
  name: 'function',
  image: imageOf(subject),
  command: serve(subject.runtime),
  resources: resources(limits),
  startupProbe: probe({ periodSeconds: 1, failureThreshold: 120 }),
  readinessProbe: probe({ periodSeconds: 5 }),
});

function pod(name: string, contender: string, container: V1Container, init?: V1Container): V1Pod {
  return {
    metadata: { name, labels: { contender } },
    spec: {
      securityContext: RESTRICTED,
      ...(init !== undefined && { initContainers: [init] }),
      containers: [
        {
          ...container,
          securityContext: CONTAINER,
          volumeMounts: [
            { name: 'work', mountPath: '/kyma' },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'work', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
      ],
    },
  };
}
