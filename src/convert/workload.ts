import { DEFAULT_API, type Api } from '../function/api.ts';
import type { V1Container, V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import {
  ANNOTATIONS,
  AUTO_IMAGE,
  DEFAULT_CONTAINER,
  FUNCTION_LABEL,
  PORT_NAME,
  RESERVED_PREFIX,
} from '../function/keys.ts';
import type { CommentedObject, FieldComment } from '../manifests/commented.ts';
import { KYMA_GROUP, type KymaFunction } from './kyma-function.ts';
import type { Note } from './note.ts';
import type { ConvertedRuntime } from './runtimes.ts';
import type { ConvertedSource } from './source.ts';

const NAME_LABEL = 'app.kubernetes.io/name';
/** With it Istio's proxy runs before the init containers, which install over the network; without Istio it means nothing. */
const NATIVE_SIDECAR = 'sidecar.istio.io/nativeSidecar';
/** Where Kyma's events go by default (kyma-project/serverless, config/buildless-serverless/values.yaml). */
const PUBLISHER = {
  name: 'PUBLISHER_PROXY_ADDRESS',
  value: 'http://eventing-publisher-proxy.kyma-system.svc.cluster.local/publish',
};
/** Names that Kyma refuses in `spec.env`; our server sets them. */
const RESERVED_ENV: readonly string[] = [
  'FUNC_RUNTIME',
  'FUNC_HANDLER',
  'FUNC_PORT',
  'FUNC_HANDLER_SOURCE',
  'FUNC_HANDLER_DEPENDENCIES',
  'MOD_NAME',
  'HANDLER_PATH',
  'HANDLER_MOD_NAME',
  'HANDLER_FUNC_NAME',
  'NODE_PATH',
  'PYTHONPATH',
];

export interface Workload {
  readonly deployment: CommentedObject;
  readonly service: CommentedObject;
  readonly notes: readonly Note[];
}

export interface WorkloadInput {
  readonly kyma: KymaFunction;
  readonly runtime: ConvertedRuntime;
  readonly source: ConvertedSource;
  /** Secret with `.npmrc` or `pip.conf`. */
  readonly registry?: string;
}

/** Makes the Deployment and the Service that Kyma's controller made, from what the author wrote. */
export function convertWorkload({ kyma, runtime, source, registry }: WorkloadInput): Workload {
  const { metadata, spec } = kyma;
  const notes: Note[] = [];
  const comments: FieldComment[] = [];
  const template = ['spec', 'template'];
  const container = [...template, 'spec', 'containers', 0];
  const comment = (path: readonly (string | number)[], text: string): void => {
    comments.push({ path, text });
  };

  const env = convertEnv(spec.env ?? [], { source, api: runtime.api ?? DEFAULT_API }, notes);
  if (env.some(({ name, value }) => name === PUBLISHER.name && value === PUBLISHER.value)) {
    comment(
      [...container, 'env', env.findIndex(({ name }) => name === PUBLISHER.name)],
      "Kyma's controller set this; emitCloudEvent posts there.",
    );
  }
  const bodyLimit = runtime.language.bodyLimit?.[runtime.api ?? DEFAULT_API];
  if (bodyLimit !== undefined && !env.some(({ name }) => [bodyLimit.variable.name, 'REQ_MB_LIMIT'].includes(name))) {
    env.push(bodyLimit.variable);
    comment([...container, 'env', env.length - 1], bodyLimit.comment);
    notes.push({
      kind: 'added',
      field: 'spec.env',
      text: `${bodyLimit.variable.name} keeps Kyma's limit of ${bodyLimit.size} for a request's body; the limit of Buildless is 1 MB`,
    });
  }
  const { volumes, mounts } = convertMounts(spec.secretMounts ?? []);
  const profile = spec.resourceConfiguration?.function?.profile;
  const resources = spec.resourceConfiguration?.function?.resources;
  const image = spec.runtimeImageOverride;
  const functionContainer: V1Container = {
    name: DEFAULT_CONTAINER,
    image: image ?? AUTO_IMAGE,
    ...(resources !== undefined && profile === undefined && { resources }),
    ...(env.length > 0 && { env }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(spec.containerSecurityContext !== undefined && { securityContext: spec.containerSecurityContext }),
  };
  if (image !== undefined) {
    comment([...container, 'image'], 'As in runtimeImageOverride; it must hold the language of the runtime.');
    notes.push({
      kind: 'chosen',
      field: 'spec.runtimeImageOverride',
      text: `the container keeps the image ${image}; the server comes from Buildless, not from the image`,
    });
  }

  const annotations: Record<string, string> = {
    [ANNOTATIONS.runtime]: runtime.runtime,
    ...(runtime.api !== undefined && { [ANNOTATIONS.api]: runtime.api }),
    ...source.annotations,
    ...(profile !== undefined && { [ANNOTATIONS.profile]: profile }),
    ...(registry !== undefined && { [ANNOTATIONS.registry]: registry }),
    [NATIVE_SIDECAR]: 'true',
    ...spec.template?.annotations,
    ...spec.annotations,
  };
  const annotationsPath = [...template, 'metadata', 'annotations'];
  for (const [key, text] of Object.entries(source.comments)) comment([...annotationsPath, key], text);
  comment([...annotationsPath, NATIVE_SIDECAR], 'In an Istio mesh the init containers need the proxy for the network.');
  if (profile === undefined && resources === undefined) {
    notes.push({
      kind: 'chosen',
      field: 'spec.resourceConfiguration',
      text: "no resources are given: Kyma took XS on small clusters, else L; here the configuration's default profile holds",
    });
  }

  const labels = {
    ...spec.template?.labels,
    ...withoutKyma(spec.labels ?? {}),
    [NAME_LABEL]: metadata.name,
    [FUNCTION_LABEL]: metadata.name,
  };
  const selector = { [FUNCTION_LABEL]: metadata.name };
  const object = (kind: string, apiVersion: string, body: Readonly<Record<string, unknown>>) => ({
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: { ...withoutKyma(metadata.labels ?? {}), [NAME_LABEL]: metadata.name },
    },
    spec: body,
  });
  return {
    deployment: {
      object: object('Deployment', 'apps/v1', {
        replicas: spec.replicas ?? 1,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels, annotations },
          spec: {
            ...(spec.podSecurityContext !== undefined && { securityContext: spec.podSecurityContext }),
            containers: [functionContainer],
            ...(volumes.length > 0 && { volumes }),
          },
        },
      }),
      comments,
    },
    service: {
      object: object('Service', 'v1', {
        selector,
        ports: [{ name: PORT_NAME, port: 80, targetPort: PORT_NAME, protocol: 'TCP' }],
      }),
      comments: [],
    },
    notes,
  };
}

const withoutKyma = (labels: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith(`${KYMA_GROUP}/`)));

/** Kyma's names in the two APIs, each of which ignores those of the other. */
const RENAMED: readonly (readonly [event: string, http: string])[] = [
  ['REQ_MB_LIMIT', 'FUNC_BODY_MB_LIMIT'],
  ['FUNC_MEMFILE_MAX', 'FUNC_BODY_MB_LIMIT'],
  ['CHERRYPY_NUMTHREADS', 'SERVER_NUMTHREADS'],
];
/** What no server here reads, and what does the same. */
const UNREAD: Readonly<Record<string, string>> = {
  KYMA_INTERNAL_LOGGER_ENABLED: 'requests are in the metrics and spans',
  SERVER_INTERNAL_LOGGER: 'requests are in the metrics and spans',
  SERVER_HOST: 'the server listens on all addresses, as the kubelet asks it for its health',
  SERVER_PORT: "the port is FUNC_PORT, else the container's, so that the probes and the Service have the same one",
};

/** What becomes of variables that Kyma's servers read. */
function environmentNotes(given: readonly V1EnvVar[], api: Api): readonly Note[] {
  return given.flatMap(({ name }): readonly Note[] => {
    const instead = Object.hasOwn(UNREAD, name) ? UNREAD[name] : undefined;
    if (instead !== undefined) {
      return [{ kind: 'changed', field: 'spec.env', text: `${name} has no effect: ${instead}` }];
    }
    const row = RENAMED.find(([event, http]) => name === (api === 'http' ? event : http));
    if (row === undefined) return [];
    const other = api === 'http' ? row[1] : row[0];
    return [{ kind: 'changed', field: 'spec.env', text: `${name} belongs to the other API of Kyma; write ${other}` }];
  });
}

interface EnvironmentOf {
  readonly source: ConvertedSource;
  readonly api: Api;
}

function convertEnv(given: readonly V1EnvVar[], { source, api }: EnvironmentOf, notes: Note[]): V1EnvVar[] {
  notes.push(...environmentNotes(given, api));
  const reserved = given.filter(({ name }) => RESERVED_ENV.includes(name));
  for (const { name } of reserved) {
    notes.push({ kind: 'dropped', field: 'spec.env', text: `${name} is set by the server, and Kyma refuses it too` });
  }
  const env = given.filter((variable) => !reserved.includes(variable));
  // The code of a Git source cannot be seen.
  const publishes = source.code === undefined || /emitCloudEvent|publishCloudEvent|emit_cloud_event/.test(source.code);
  return publishes && !env.some(({ name }) => name === PUBLISHER.name) ? [...env, PUBLISHER] : env;
}

function convertMounts(given: NonNullable<KymaFunction['spec']['secretMounts']>): {
  readonly volumes: V1Volume[];
  readonly mounts: V1VolumeMount[];
} {
  const names = new Map<string, string>();
  for (const { secretName } of given) {
    if (names.has(secretName)) continue;
    const label = secretName.replaceAll('.', '-').slice(0, 60);
    const wanted = label.startsWith(RESERVED_PREFIX) ? `secret-${label}`.slice(0, 60) : label;
    const taken = [...names.values()];
    let name = wanted;
    for (let count = 2; taken.includes(name); count += 1) name = `${wanted}-${count}`;
    names.set(secretName, name);
  }
  return {
    volumes: [...names].map(([secretName, name]) => ({ name, secret: { secretName } })),
    mounts: given.map(({ secretName, mountPath }) => ({
      name: names.get(secretName) ?? secretName,
      mountPath,
      readOnly: true,
    })),
  };
}
