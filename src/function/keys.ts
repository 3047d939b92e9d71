/** The names by which users and Buildless talk to each other; every manifest, message and test takes them from here. */

const DOMAIN = 'buildless.dev';

/** Label of a Pod template or a ConfigMap: the Function's name. */
export const FUNCTION_LABEL = `${DOMAIN}/function`;

/** Label of a Namespace that opts in. */
export const NAMESPACE_LABEL = `${DOMAIN}/functions`;
export const NAMESPACE_ENABLED = 'enabled';
/** Opts in as well, and admits Functions only: deploy/base/only-policy.yaml refuses everything else. */
export const NAMESPACE_ONLY = 'only';
export const OPT_INS = [NAMESPACE_ENABLED, NAMESPACE_ONLY] as const;
/** The label selector of all namespaces that opted in, whichever way. */
export const OPTED_IN_SELECTOR = `${NAMESPACE_LABEL} in (${OPT_INS.join(',')})`;

/** Label of a workload: whether an edit of its source starts a rollout. */
export const ROLLOUT_LABEL = `${DOMAIN}/rollout`;
export const ROLLOUT_MODES = ['auto', 'manual'] as const;
export type RolloutMode = (typeof ROLLOUT_MODES)[number];

/** Who resolves the lock of a source that has none: the controller, or its author before it is applied. */
export const LOCK_RESOLVERS = ['cluster', 'author'] as const;
export type LockResolver = (typeof LOCK_RESOLVERS)[number];

/**
 * Label of a workload, written by Buildless: the state of the source that was rolled out last (revision/state.ts). A label,
 * because `kubectl rollout undo` replaces a Deployment's annotations by those of the old ReplicaSet.
 */
export const FOLLOWED_LABEL = `${DOMAIN}/followed`;

/** Labels under our domain that a Function's Pod may have; a tool may copy those of the workload to the Pod template. */
export const POD_LABELS: readonly string[] = [FUNCTION_LABEL, ROLLOUT_LABEL, FOLLOWED_LABEL];

/** Annotation of a Pod template, written by Buildless: the revision that its Pods run (revision/stamp.ts). */
export const REVISION_ANNOTATION = `${DOMAIN}/revision`;

/** Annotation of a source ConfigMap, or of the workload of a Git source: how often its lock was resolved again. */
export const REFRESH_ANNOTATION = `${DOMAIN}/refresh`;

/** As Events of the controller name who reports them. */
export const REPORTING_CONTROLLER = `${DOMAIN}/control`;

/** Annotation of the controller's Lease: `HOST:PORT` where its leader hears of pushes. */
export const ADDRESS_ANNOTATION = `${DOMAIN}/address`;

/** Labels of the ConfigMaps of a revision: of which source it is, and what it holds. */
export const REVISION_OF_LABEL = `${DOMAIN}/revision-of`;
export const REVISION_HOLDS_LABEL = `${DOMAIN}/revision-holds`;

/** Label of a ConfigMap in the namespace of the installation that lists denied versions, whatever its value. */
export const DENIED_LABEL = `${DOMAIN}/denied`;

/** Annotation of an Event: the denied versions that revisions of a workload have. */
export const DENIED_ANNOTATION = `${DOMAIN}/denied-versions`;

/** Annotation of a revision's ConfigMap: the digest of what is in it, for people. */
export const DIGEST_ANNOTATION = `${DOMAIN}/digest`;

/** Annotation of a lock's ConfigMap that refuses the lock: when it is resolved or compared again, ISO 8601. */
export const REFUSED_UNTIL_ANNOTATION = `${DOMAIN}/refused-until`;

/** The same: what refused it; the lock is judged again once that says something else. */
export const REFUSED_BY_ANNOTATION = `${DOMAIN}/refused-by`;

/** Labels of a Namespace that choose the level of the dependency policy for each mode. */
export const POLICY_LABELS = {
  enforce: `${DOMAIN}/dependencies-enforce`,
  warn: `${DOMAIN}/dependencies-warn`,
  audit: `${DOMAIN}/dependencies-audit`,
} as const;

/** Label of a Namespace: versions have to be older there than the configuration asks for. */
export const RELEASE_AGE_LABEL = `${DOMAIN}/minimum-release-age`;

/** What every annotation of ours begins with. */
export const ANNOTATION_PREFIX = `${DOMAIN}/`;

/** The annotations an author may write on a Pod template. */
export const ANNOTATIONS = {
  mode: `${DOMAIN}/mode`,
  runtime: `${DOMAIN}/runtime`,
  source: `${DOMAIN}/source`,
  sourceAuth: `${DOMAIN}/source-auth`,
  handler: `${DOMAIN}/handler`,
  api: `${DOMAIN}/api`,
  container: `${DOMAIN}/container`,
  profile: `${DOMAIN}/profile`,
  registry: `${DOMAIN}/registry`,
  installer: `${DOMAIN}/installer`,
  installScripts: `${DOMAIN}/install-scripts`,
  cache: `${DOMAIN}/cache`,
} as const;

/** The annotation that records what was injected (JSON, see inject/status.ts). */
export const STATUS_ANNOTATION = `${DOMAIN}/status`;

/** Prefix of every volume and container that injection adds. */
export const RESERVED_PREFIX = 'buildless-';

export const VOLUMES = {
  app: 'buildless-app',
  source: 'buildless-source',
  tmp: 'buildless-tmp',
  registry: 'buildless-registry',
  sourceAuth: 'buildless-source-auth',
  cache: 'buildless-cache',
  lock: 'buildless-lock',
} as const;

export const INIT_CONTAINERS = {
  prepare: 'buildless-prepare',
  install: 'buildless-install',
} as const;

/** Paths inside a Function's Pod. */
export const PATHS = {
  /** Mount of the volume `buildless-app`; read-only in the Function's container. */
  root: '/buildless',
  /** The author's files, with the dependencies installed beside them. */
  function: '/buildless/function',
  /** Where the two above come into being; renamed to `function` when complete. */
  staging: '/buildless/staging',
  /** The server and the installer for the Function's language. */
  runtime: '/buildless/runtime',
  tmp: '/tmp',
  /** The ConfigMap or image volume, in `buildless-prepare` only. */
  source: '/buildless-source',
  /** The ConfigMap with the lock of a revision, in `buildless-prepare` only. */
  lock: '/buildless-lock',
  /** Git credentials, in `buildless-prepare` only. */
  sourceAuth: '/buildless-source-auth',
  /** `.npmrc` or `pip.conf`, in `buildless-install` only. */
  registry: '/buildless-registry',
  /** Downloaded packages kept between Pods, in `buildless-install` only. */
  cache: '/buildless-cache',
  /** Our programs in the toolkit image. */
  toolkit: '/opt/buildless',
  /** Where the ServiceAccount admission plugin mounts the API token, unless something is mounted there already. */
  serviceAccountToken: '/var/run/secrets/kubernetes.io/serviceaccount',
} as const;

/** The container that an author names when several are there. */
export const DEFAULT_CONTAINER = 'function';
export const DEFAULT_HANDLER_FILE = 'handler';
export const DEFAULT_EXPORT = 'main';
export const DEFAULT_HANDLER = `${DEFAULT_HANDLER_FILE}.${DEFAULT_EXPORT}`;
/** For `buildless-prepare`: the source that it brings decides. */
export const HANDLER_OF_SOURCE = 'auto';
export const DEFAULT_PORT = 8080;
/** Env of the HTTP server: a JSON object of variables that it sets where the container's `envFrom` did not. */
export const ENV_DEFAULTS_VARIABLE = 'BUILDLESS_ENV_DEFAULTS';
/** Env of the HTTP server: the API of the handler, `event` if it is unset. */
export const API_VARIABLE = 'BUILDLESS_API';
export const PORT_NAME = 'http';
export const HEALTH_PATH = '/healthz';
/** In the Function's container: take the runtime's image. */
export const AUTO_IMAGE = 'auto';
