/**
 * The names that the manifests in deploy/, the webhook, `buildless doctor` and `buildless uninstall` share. YAML cannot
 * take them from here; test/installation/manifests.test.ts compares.
 */

/** Of everything that is installed into a namespace. */
export const INSTALL_NAMESPACE = 'buildless-system';

/** Of the ServiceAccount, its roles and bindings, the Deployment, the Service and what belongs to them. */
export const WEBHOOK_NAME = 'buildless-webhook';

/** Of both the MutatingWebhookConfiguration and the ValidatingWebhookConfiguration. */
export const CONFIGURATION_NAME = 'buildless';

/** Of the controller: its Deployment, ServiceAccount, roles and bindings, and the Lease that one of its replicas holds. */
export const CONTROL_NAME = 'buildless-control';

/** The Secret with the CA that the webhook keeps up to date. */
export const AUTHORITY_SECRET = 'buildless-ca';

/** The ConfigMap with the webhook's configuration, and its key. */
export const CONFIG_MAP = 'buildless-config';
export const CONFIG_KEY = 'config.yaml';

/** The policies for namespaces labelled `only`, their bindings, and the ConfigMap with the lists that they read. */
export const ONLY_POLICY = 'buildless-only';
export const ONLY_TEMPLATES_POLICY = 'buildless-only-templates';
export const ONLY_CONFIG_MAP = 'buildless-only';

/** On everything that is installed. */
export const PART_OF = { label: 'app.kubernetes.io/part-of', value: 'buildless' } as const;

/** Of the webhook's Pods. */
export const POD_LABELS = {
  'app.kubernetes.io/name': 'buildless',
  'app.kubernetes.io/component': 'webhook',
} as const;

/** Of the controller's Pods. */
export const CONTROL_POD_LABELS = {
  'app.kubernetes.io/name': 'buildless',
  'app.kubernetes.io/component': 'control',
} as const;

/** Policies for all that its ServiceAccount writes, for workloads, and for revisions; each has a binding of its name. */
export const CONTROL_POLICIES = [CONTROL_NAME, `${CONTROL_NAME}-workloads`, `${CONTROL_NAME}-revisions`] as const;

/** The Role that lets the webhook read the Lease of the controller. */
export const LEASE_READER = 'buildless-lease-reader';

/** The Secret with what Git hosts sign their webhooks with: deploy/components/push. */
export const PUSH_SECRET = 'buildless-push';

/** Unix socket between the containers `control` and `resolver` of its Pods. */
export const RESOLVER_SOCKET = '/run/buildless/resolver.sock';

/** The ClusterRole that lets the controller read the Secrets of namespaces that bind it. */
export const SOURCE_READER = 'buildless-source-reader';

/** The ClusterRole, and its binding, that let the controller write reports: installed only if somebody wants them. */
export const REPORT_WRITER = `${CONTROL_NAME}-reports`;

/** Where the API server posts reviews. */
export const WEBHOOK_PATHS = { mutate: '/mutate', validate: '/validate' } as const;

/** The two kinds, as the API names their collections. */
export const WEBHOOK_CONFIGURATIONS = [
  { kind: 'MutatingWebhookConfiguration', path: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations' },
  {
    kind: 'ValidatingWebhookConfiguration',
    path: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  },
] as const;

/** The entry that is called for a Namespace with a label of ours, opted in or not. */
export const NAMESPACE_ENTRY = 'namespaces.validate.buildless.dev';

/** Entries of the two webhook configurations. */
export const ENTRIES = {
  mutating: ['pods.mutate.buildless.dev', 'templates.mutate.buildless.dev', 'cronjobs.mutate.buildless.dev'],
  validating: [
    'pods.validate.buildless.dev',
    'configmaps.validate.buildless.dev',
    'templates.validate.buildless.dev',
    'cronjobs.validate.buildless.dev',
    NAMESPACE_ENTRY,
  ],
} as const;

/** What a process listens on unless told otherwise. 10250 is where clouds let their API server reach nodes and Pods. */
export const PORTS = { tls: 10250, plain: 8080, push: 8082 } as const;

/** The oldest Kubernetes with `matchConditions` of webhooks for everybody. */
export const OLDEST_KUBERNETES = { major: 1, minor: 30 } as const;
