/** The files of deploy/ that the chart is made of, and what the values may change in them. */
import type { Template } from './template.ts';

/** Where the manifests say what the release says. */
export const CONSTANTS = { 'buildless-system': '{{ .Release.Namespace }}' } as const;

/** One file of the chart: a file of deploy/, and the edits of its documents. */
export interface Part {
  readonly from: string;
  /** Below deploy/chart/templates. */
  readonly to: string;
  readonly edit?: (template: Template) => void;
}

const POD = ['spec', 'template', 'spec'] as const;
const CERT_MANAGER = '.Values.certManager.enabled';
const HOST_NETWORK = '.Values.hostNetwork.enabled';
const OPENSHIFT = '.Values.openshift.enabled';
const PUSH = '.Values.push.enabled';

/** What every Deployment of a chart lets its user choose. */
function schedule(template: Template, values: string): void {
  template.value(['spec', 'replicas'], `${values}.replicas`);
  template.add([...POD.slice(0, 2), 'metadata', 'labels'], podMetadata(`${values}.podLabels`));
  const annotations = `include "buildless.podAnnotations" (list . ${values}.podAnnotations) | fromJson`;
  if (template.has([...POD.slice(0, 2), 'metadata', 'annotations']))
    template.add([...POD.slice(0, 2), 'metadata', 'annotations'], podMetadata(annotations));
  else template.optional([...POD.slice(0, 2), 'metadata'], 'annotations', annotations);
  users(template);
  template.value([...POD, 'topologySpreadConstraints', 0, 'whenUnsatisfiable'], `${values}.spreadOverNodes`);
  template.optional(POD, 'imagePullSecrets', 'include "buildless.pullSecrets" . | fromJsonArray');
  template.add(POD, [`{{- with ${values}.priorityClassName }}`, 'priorityClassName: {{ . }}', '{{- end }}']);
  template.optional(POD, 'nodeSelector', `${values}.nodeSelector`);
  template.optional(POD, 'affinity', `${values}.affinity`);
  template.optional(POD, 'tolerations', `${values}.tolerations`);
}

/** The user and the groups that a platform may want to choose itself. */
function users(template: Template): void {
  const place = [...POD, 'securityContext'];
  const lines = ['runAsUser', 'runAsGroup', 'fsGroup'].map((field) => {
    const line = `${field}: ${String(template.at([...place, field]))}`;
    template.remove([...place, field]);
    return line;
  });
  template.add(place, ifValue(`not ${OPENSHIFT}`, lines));
}

const podMetadata = (values: string): readonly string[] => [
  `{{- with ${values} }}`,
  '{{- toYaml . | nindent @HERE@ }}',
  '{{- end }}',
];

function container(template: Template, index: number, values: string): void {
  const place = [...POD, 'containers', index];
  template.yaml([...place, 'resources'], `toYaml ${values}.resources`);
  template.add(place, ['{{- with .Values.image.pullPolicy }}', 'imagePullPolicy: {{ . }}', '{{- end }}']);
}

const ifValue = (condition: string, lines: readonly string[]): readonly string[] => [
  `{{- if ${condition} }}`,
  ...lines,
  '{{- end }}',
];

/** The overlays cert-manager and host-network change this one. */
function webhook(template: Template): void {
  schedule(template, '.Values.webhook');
  container(template, 0, '.Values.webhook');
  const place = [...POD, 'containers', 0];
  template.yaml(['spec', 'strategy', 'rollingUpdate'], `include "buildless.rollingUpdate" .`);
  template.add(
    [...place, 'args'],
    [
      ...ifValue(CERT_MANAGER, [
        '- --tls-cert=/etc/buildless-tls/tls.crt',
        '- --tls-key=/etc/buildless-tls/tls.key',
        '- --webhook-configuration=buildless',
      ]),
      ...ifValue(HOST_NETWORK, [
        '- --port={{ .Values.hostNetwork.port }}',
        '- --health-port={{ .Values.hostNetwork.healthPort }}',
      ]),
    ],
  );
  for (const [index, port] of [
    [0, 'port'],
    [1, 'healthPort'],
  ] as const) {
    const shipped = String(template.at([...place, 'ports', index, 'containerPort']));
    const chosen = `.Values.hostNetwork.${port}`;
    template.value([...place, 'ports', index, 'containerPort'], `ternary ${chosen} ${shipped} ${HOST_NETWORK}`);
    template.add([...place, 'ports', index], ifValue(HOST_NETWORK, [`hostPort: {{ ${chosen} }}`]));
  }
  template.add(
    [...place, 'volumeMounts'],
    ifValue(CERT_MANAGER, ['- name: tls', '  mountPath: /etc/buildless-tls', '  readOnly: true']),
  );
  template.add(
    [...POD, 'volumes'],
    ifValue(CERT_MANAGER, [
      '- name: tls',
      '  secret:',
      '    secretName: buildless-tls',
      '    # 0440, for the fsGroup of the Pod.',
      '    defaultMode: 288',
    ]),
  );
  template.add(POD, ifValue(HOST_NETWORK, ['hostNetwork: true', 'dnsPolicy: ClusterFirstWithHostNet']));
}

function control(template: Template): void {
  schedule(template, '.Values.control');
  container(template, 0, '.Values.control');
  container(template, 1, '.Values.control.resolver');
  template.optional([...POD, 'containers', 1], 'env', '.Values.control.resolver.env');
  pushes(template);
}

/** As deploy/components/push patches it. */
function pushes(template: Template): void {
  const place = [...POD, 'containers', 0];
  template.add([...place, 'args'], ifValue(PUSH, ['- --push-secrets=/etc/buildless-push']));
  template.add(
    [...place, 'env'],
    ifValue(PUSH, ['- name: POD_IP', '  valueFrom:', '    fieldRef:', '      fieldPath: status.podIP']),
  );
  template.add([...place, 'ports'], ifValue(PUSH, ['- name: push', '  containerPort: 8082']));
  template.add(
    [...place, 'volumeMounts'],
    ifValue(PUSH, ['- name: push-secrets', '  mountPath: /etc/buildless-push', '  readOnly: true']),
  );
  template.add(
    [...POD, 'volumes'],
    ifValue(PUSH, [
      '- name: push-secrets',
      '  secret:',
      '    secretName: buildless-push',
      '    optional: true',
      '    # 0440, for the fsGroup of the Pod.',
      '    defaultMode: 288',
    ]),
  );
}

/** cert-manager writes the certificate and the caBundle, so that the webhook need not. */
function webhookRights(template: Template): void {
  if (template.kind === 'ClusterRole') {
    const rule = template.at(['rules', 1, 'verbs']);
    if (JSON.stringify(rule) !== '["get","list","watch","patch"]') throw new Error('rules[1] is not the registrations');
    template.value(['rules', 1, 'verbs'], `ternary "[get, list, watch]" "[get, list, watch, patch]" ${CERT_MANAGER}`);
  }
  const own = ['Role', 'RoleBinding'].includes(template.kind) && template.name === 'buildless-webhook';
  if (own) template.onlyIf(`not ${CERT_MANAGER}`);
}

const registration = (template: Template): void => {
  template.add(
    ['metadata'],
    ifValue(CERT_MANAGER, ['annotations:', '  cert-manager.io/inject-ca-from: buildless-system/buildless-webhook']),
  );
};

/** An issuer that the platform has takes the place of ours. */
function certificates(template: Template): void {
  template.onlyIf(CERT_MANAGER);
  if (template.kind === 'Certificate' && template.name === 'buildless-webhook') {
    template.yaml(['spec', 'issuerRef'], 'include "buildless.issuer" .');
  } else template.onlyIf('not .Values.certManager.issuerRef.name');
}

function namespace(template: Template): void {
  template.onlyIf('.Values.namespace.create');
  for (const mode of ['enforce', 'warn', 'audit']) {
    const path = ['metadata', 'labels', `pod-security.kubernetes.io/${mode}`];
    template.value(path, `ternary "privileged" "${String(template.at(path))}" ${HOST_NETWORK}`);
  }
}

const monitor = (template: Template): void => {
  template.onlyIf('.Values.metrics.serviceMonitor.enabled');
  if (template.name === 'buildless-control') template.onlyIf('.Values.control.enabled');
  template.value(['spec', 'endpoints', 0, 'interval'], '.Values.metrics.serviceMonitor.interval');
  template.add(['metadata', 'labels'], podMetadata('.Values.metrics.serviceMonitor.labels'));
};

const base = (file: string, edit?: Part['edit'], to = file): Part => ({
  from: `base/${file}`,
  to: `webhook/${to}`,
  ...(edit !== undefined && { edit }),
});

const controlled = (file: string, edit?: Part['edit']): Part => ({
  from: `components/control/${file}`,
  to: `control/${file}`,
  edit: (template) => {
    template.onlyIf('.Values.control.enabled');
    edit?.(template);
  },
});

const policied = (template: Template): void => void template.onlyIf('.Values.networkPolicy.enabled');

const pushed = (file: string, edit?: Part['edit']): Part => ({
  from: `components/push/${file}`,
  to: `control/push-${file}`,
  edit: (template) => {
    template.onlyIf('.Values.control.enabled');
    template.onlyIf(PUSH);
    edit?.(template);
  },
});

export const PARTS: readonly Part[] = [
  base('namespace.yaml', namespace),
  base('service-account.yaml'),
  base('rbac.yaml', webhookRights),
  base('network-policy.yaml', (template) => {
    policied(template);
    template.onlyIf(`not ${HOST_NETWORK}`);
  }),
  base('service.yaml'),
  base('deployment.yaml', webhook),
  base('pod-disruption-budget.yaml'),
  base('only-policy.yaml'),
  base('only-templates-policy.yaml'),
  base('mutating-webhook.yaml', registration),
  base('validating-webhook.yaml', registration),
  controlled('service-account.yaml'),
  controlled('rbac.yaml'),
  controlled('policy.yaml'),
  controlled('policy-workloads.yaml'),
  controlled('policy-revisions.yaml'),
  controlled('network-policy.yaml', policied),
  controlled('service.yaml'),
  controlled('deployment.yaml', control),
  controlled('pod-disruption-budget.yaml'),
  pushed('service.yaml'),
  pushed('network-policy.yaml', policied),
  {
    from: 'components/reports/rbac.yaml',
    to: 'control/reports.yaml',
    edit: (template) => {
      template.onlyIf('.Values.control.enabled');
      template.onlyIf('.Values.reports.enabled');
    },
  },
  { from: 'overlays/cert-manager/certificates.yaml', to: 'webhook/certificates.yaml', edit: certificates },
  {
    from: 'overlays/high-availability/resource-quota.yaml',
    to: 'webhook/resource-quota.yaml',
    edit: (template) => {
      template.onlyIf('.Values.criticalPodsQuota.enabled');
      template.value(['spec', 'hard', 'pods'], '.Values.criticalPodsQuota.pods | quote');
    },
  },
  { from: 'components/service-monitor/service-monitor.yaml', to: 'metrics/service-monitor.yaml', edit: monitor },
  {
    from: 'components/alerts/prometheus-rule.yaml',
    to: 'metrics/prometheus-rule.yaml',
    edit: (template) => {
      template.onlyIf('.Values.metrics.prometheusRule.enabled');
      template.add(['metadata', 'labels'], podMetadata('.Values.metrics.prometheusRule.labels'));
    },
  },
];

/** On every object; the same ones as kustomize sets, and those of Helm. */
export function label(template: Template): void {
  for (const name of ['name', 'part-of']) {
    const path = ['metadata', 'labels', `app.kubernetes.io/${name}`];
    if (template.has(path)) template.remove(path);
  }
  const lines = ['{{- include "buildless.labels" . | nindent @HERE@ }}'];
  if (template.has(['metadata', 'labels'])) template.add(['metadata', 'labels'], lines);
  else template.add(['metadata'], ['labels:', '  {{- include "buildless.labels" . | nindent @DEEPER@ }}']);
}

const IMAGE = /^ghcr\.io\/buildless-dev\/([a-z-]+):[^\s@]+$/;

/** Every image of ours, whichever there are. */
export function image(template: Template): void {
  for (const { path, value } of template.scalars()) {
    const name = typeof value === 'string' ? IMAGE.exec(value)?.[1] : undefined;
    if (name !== undefined) template.value(path, `include "buildless.image" (list . "${name}")`);
  }
}
