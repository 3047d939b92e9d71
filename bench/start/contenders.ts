import type { V1Container, V1Pod, V1PodSpec, V1Probe, V1ResourceRequirements } from '@kubernetes/client-node';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { ANNOTATIONS, FUNCTION_LABEL } from '../../src/function/keys.ts';
import { LanguageRows } from '../../src/function/languages.ts';
import type { Subject } from './subjects.ts';

export type Limits = 'L' | 'XS';
/** Makes the Pod of a contender. */
type MakePod = (name: string, subject: Subject, limits: Limits) => V1Pod;

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

/** As light as a server can be; Kyma's own loads Express or Bottle first, so this flatters it. */
const TRIVIAL = {
  nodejs:
    "const handler = process.argv[1] && require(process.argv[1]); require('http').createServer((q, r) => { if (q.url === '/exit') process.exit(1); r.end('ok'); }).listen(8080)",
  python: `import http.server, sys, os
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

const serve = ({ language }: Subject['runtime']): string[] =>
  language === 'nodejs' ? ['node', '-e', TRIVIAL.nodejs] : ['python3', '-c', TRIVIAL.python];

const probe = (more: Partial<V1Probe>): V1Probe => ({ httpGet: { path: '/healthz', port: 8080 }, ...more });

/** Ours: the template as it is, of which the webhook makes the rest. */
const ours =
  (sourceOf: (subject: Subject) => string, more: Readonly<Record<string, string>> = {}): MakePod =>
  (name, subject, limits) => {
    const { metadata, spec } = subject.template;
    const containers = spec?.containers.map((container) => ({ ...container, resources: resources(limits) })) ?? [];
    return {
      metadata: {
        name,
        labels: { ...metadata?.labels, [FUNCTION_LABEL]: sourceOf(subject), contender: 'buildless' },
        annotations: { ...metadata?.annotations, ...more },
      },
      spec: { ...spec, containers },
    };
  };

/** PersistentVolumeClaim of the contender with a warm cache. */
export const CACHE = 'cache';
const buildless = ours(({ name }) => name);
const locked = ({ name, locked: source }: Subject): string => source ?? name;
const buildlessLocked = ours(locked);
const buildlessCached = ours(locked, { [ANNOTATIONS.cache]: CACHE });

/** What Kyma's Pod has in place of a file of dependencies that the author leaves out. */
const NO_DEPENDENCIES = new LanguageRows<Readonly<Record<string, string>>>('bench', {
  nodejs: { 'package.json': '{}' },
  python: { 'requirements.txt': '' },
});
const REGISTRY = '/kyma/package-registry-config';

/**
 * The Pod that Kyma makes: files and the author's `env` from variables, `secretMounts`, the credentials of a registry, installation and
 * server in the main container, its probes (kyma-project/serverless, components/buildless-serverless/internal/controller/resources/deployment.go).
 */
const kyma: MakePod = (name, { runtime, template, ...subject }, limits) => {
  const { language } = runtime;
  const files = Object.entries({ ...NO_DEPENDENCIES.of(language), ...subject.files }).map(([key, text], index) => ({
    key: key.replaceAll('..', '/'),
    text,
    index,
  }));
  const write = files.map(({ key, index }) => `mkdir -p "$(dirname ${key})"; printf '%s' "$FILE_${index}" > ${key}`);
  const install =
    language === 'nodejs'
      ? `NPM_CONFIG_USERCONFIG=${REGISTRY}/.npmrc npm install --prefer-offline --no-audit --progress=false`
      : `PIP_CONFIG_FILE=${REGISTRY}/pip.conf pip install --no-cache-dir --target=/kyma/packages -r requirements.txt`;
  const start =
    language === 'nodejs' ? `node -e "$SERVER" /kyma/function/handler.js` : `python3 -c "$SERVER" /kyma/function`;
  const [author] = template.spec?.containers ?? [];
  const container = {
    name: 'function',
    image: runtime.image,
    command: ['sh', '-c', ['mkdir -p /kyma/function', 'cd /kyma/function', ...write, install, start].join('\n')],
    env: [
      { name: 'HOME', value: '/tmp' },
      { name: 'SERVER', value: language === 'nodejs' ? TRIVIAL.nodejs : TRIVIAL.python },
      ...files.map(({ text, index }) => ({ name: `FILE_${index}`, value: text })),
      ...(author?.env ?? []),
    ],
    resources: resources(limits),
    startupProbe: probe({ periodSeconds: 5, failureThreshold: 60 }),
    readinessProbe: probe({ periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 1 }),
    livenessProbe: probe({ periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 3 }),
    volumeMounts: [...(author?.volumeMounts ?? []), { name: 'registry', mountPath: REGISTRY }],
  };
  // Without a registry of the author's own Kyma mounts a Secret that need not exist.
  const secretName = template.metadata?.annotations?.[ANNOTATIONS.registry] ?? 'serverless-package-registry-config';
  const registry = { name: 'registry', secret: { secretName, optional: true } };
  return pod(name, 'kyma', container, { volumes: [...(template.spec?.volumes ?? []), registry] });
};

/** The floors: a trivial server without anything before it, and with one init container that does nothing. */
const noInit: MakePod = (name, subject, limits) => pod(name, 'no-init', trivial(subject, limits));

const emptyInit: MakePod = (name, subject, limits) =>
  pod(name, 'empty-init', trivial(subject, limits), {
    initContainers: [{ name: 'nothing', image: subject.runtime.image, command: ['true'], securityContext: CONTAINER }],
  });

const trivial = ({ runtime }: Subject, limits: Limits): V1Container => ({
  name: 'function',
  image: runtime.image,
  command: serve(runtime),
  resources: resources(limits),
  readinessProbe: probe({ periodSeconds: 1 }),
});

function pod(name: string, contender: string, container: V1Container, more: Partial<V1PodSpec> = {}): V1Pod {
  return {
    metadata: { name, labels: { contender } },
    spec: {
      ...more,
      securityContext: RESTRICTED,
      containers: [
        {
          ...container,
          securityContext: CONTAINER,
          volumeMounts: [
            { name: 'work', mountPath: '/kyma' },
            { name: 'tmp', mountPath: '/tmp' },
            ...(container.volumeMounts ?? []),
          ],
        },
      ],
      volumes: [{ name: 'work', emptyDir: {} }, { name: 'tmp', emptyDir: {} }, ...(more.volumes ?? [])],
    },
  };
}

/** Its Pods carry the stamp of a revision whose lock the controller resolves: see revisions.ts. */
export const FIRST_POD = "Buildless, the controller's lock, first Pod";
export const LATER_PODS = "Buildless, the controller's lock, later Pods";

export const CONTENDERS = {
  Buildless: buildless,
  [FIRST_POD]: buildless,
  [LATER_PODS]: buildless,
  'Buildless, with a lock': buildlessLocked,
  'Buildless, with a lock and a warm cache': buildlessCached,
  "Kyma's Pod": kyma,
  'one empty init container': emptyInit,
  'no init container': noInit,
} as const satisfies Readonly<Record<string, MakePod>>;

export type Contender = keyof typeof CONTENDERS;

/** Whether its source has the lock of an author. */
export const isLocked = (contender: Contender): boolean =>
  contender === 'Buildless, with a lock' || contender === 'Buildless, with a lock and a warm cache';
