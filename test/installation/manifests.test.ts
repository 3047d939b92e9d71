import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { kustomize } from '../../scripts/manifests.mjs';
import { FUNCTION_LABEL, NAMESPACE_LABEL, ANNOTATIONS, OPT_INS } from '../../src/function/keys.ts';
import {
  AUTHORITY_SECRET,
  CONFIG_KEY,
  CONFIG_MAP,
  CONFIGURATION_NAME,
  CONTROL_NAME,
  CONTROL_POD_LABELS,
  CONTROL_POLICIES,
  ENTRIES,
  NAMESPACE_ENTRY,
  INSTALL_NAMESPACE,
  LEASE_READER,
  ONLY_POLICY,
  ONLY_TEMPLATES_POLICY,
  PART_OF,
  POD_LABELS,
  PORTS,
  RESOLVER_SOCKET,
  SOURCE_READER,
  WEBHOOK_NAME,
  WEBHOOK_PATHS,
} from '../../src/installation/names.ts';
import { ControlMetrics } from '../../src/control/metrics.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { at, find, installed, listAt, objectsOf, ROOT } from './shipped.ts';

const VERSION = String(at(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')), 'version'));
const objects = installed();
const POLICIES = [ONLY_POLICY, ONLY_TEMPLATES_POLICY, ...CONTROL_POLICIES].sort();
const deployment = find(objects, 'Deployment', WEBHOOK_NAME);
const podSpec = at(deployment, 'spec', 'template', 'spec');
const container = at(podSpec, 'containers', 0);
const entriesOf = (kind: string): readonly unknown[] => listAt(find(objects, kind), 'webhooks');
const MUTATING = entriesOf('MutatingWebhookConfiguration');
const VALIDATING = entriesOf('ValidatingWebhookConfiguration');
const namesOf = (entries: readonly unknown[]): readonly unknown[] => entries.map((entry) => at(entry, 'name'));

/** A folder through kustomize, or a skipped test. */
function built(folder: string, skip: (reason: string) => void): readonly unknown[] {
  const result = kustomize(folder);
  if ('missing' in result) {
    skip(result.missing);
    return [];
  }
  return objectsOf(result.manifests);
}

describe('deploy/install.yaml', () => {
  it('is what deploy/ gives now; else run npm run manifests', (context) => {
    expect(objects).toEqual(
      built('deploy', (reason) => {
        context.skip(reason);
      }),
    );
  });

  it('installs into one namespace, and only what a cluster-wide webhook needs outside of it', () => {
    const outside = objects.filter((object) => at(object, 'metadata', 'namespace') !== INSTALL_NAMESPACE);
    expect(outside.map((object) => `${String(at(object, 'kind'))} ${String(at(object, 'metadata', 'name'))}`)).toEqual([
      `Namespace ${INSTALL_NAMESPACE}`,
      ...[CONTROL_NAME, SOURCE_READER, WEBHOOK_NAME].map((name) => `ClusterRole ${name}`),
      ...[CONTROL_NAME, WEBHOOK_NAME].map((name) => `ClusterRoleBinding ${name}`),
      ...POLICIES.map((name) => `ValidatingAdmissionPolicy ${name}`),
      ...POLICIES.map((name) => `ValidatingAdmissionPolicyBinding ${name}`),
      `MutatingWebhookConfiguration ${CONFIGURATION_NAME}`,
      `ValidatingWebhookConfiguration ${CONFIGURATION_NAME}`,
    ]);
  });

  it('marks everything as ours, which uninstall asks for', () => {
    for (const object of objects) expect(at(object, 'metadata', 'labels', PART_OF.label)).toBe(PART_OF.value);
  });

  it('registers last, when everything else is there', () => {
    const kinds = objects.map((object) => at(object, 'kind'));
    expect(kinds[0]).toBe('Namespace');
    expect(kinds.slice(-2)).toEqual(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']);
  });
});

describe('the names of the manifests are those of the code', () => {
  it('in the Deployment', () => {
    expect(at(deployment, 'metadata')).toMatchObject({ name: WEBHOOK_NAME, namespace: INSTALL_NAMESPACE });
    expect(at(deployment, 'spec', 'selector', 'matchLabels')).toEqual(POD_LABELS);
    expect(at(deployment, 'spec', 'template', 'metadata', 'labels')).toMatchObject(POD_LABELS);
    expect(at(container, 'ports')).toEqual([
      { name: 'webhook', containerPort: PORTS.tls },
      { name: 'plain', containerPort: PORTS.plain },
    ]);
    expect(at(podSpec, 'volumes', 0)).toEqual({ name: 'config', configMap: { name: CONFIG_MAP } });
    expect(listAt(container, 'args')).toContain(`--config=/etc/buildless/${CONFIG_KEY}`);
  });

  it('in the Service and in what selects its Pods', () => {
    expect(at(find(objects, 'Service', WEBHOOK_NAME), 'spec', 'selector')).toEqual(POD_LABELS);
    expect(at(find(objects, 'PodDisruptionBudget', WEBHOOK_NAME), 'spec', 'selector', 'matchLabels')).toEqual(
      POD_LABELS,
    );
    expect(at(find(objects, 'NetworkPolicy', WEBHOOK_NAME), 'spec', 'podSelector', 'matchLabels')).toEqual(POD_LABELS);
  });

  it('in the webhook configurations', () => {
    expect(namesOf(MUTATING)).toEqual(ENTRIES.mutating);
    expect(namesOf(VALIDATING)).toEqual(ENTRIES.validating);
    const service = { name: WEBHOOK_NAME, namespace: INSTALL_NAMESPACE, port: 443 };
    for (const entry of MUTATING)
      expect(at(entry, 'clientConfig')).toEqual({ service: { ...service, path: WEBHOOK_PATHS.mutate } });
    for (const entry of VALIDATING)
      expect(at(entry, 'clientConfig')).toEqual({ service: { ...service, path: WEBHOOK_PATHS.validate } });
  });

  it('in RBAC', () => {
    expect(at(find(objects, 'ClusterRole', WEBHOOK_NAME), 'rules', 1, 'resourceNames')).toEqual([CONFIGURATION_NAME]);
    expect(at(find(objects, 'Role', WEBHOOK_NAME), 'rules', 0, 'resourceNames')).toEqual([AUTHORITY_SECRET]);
  });

  it('in the images: those of the Deployment and of the toolkit have this version', () => {
    expect(at(container, 'image')).toBe(`ghcr.io/buildless-dev/buildless:${VERSION}`);
    expect(at(find(objects, 'ConfigMap', CONFIG_MAP), 'data', CONFIG_KEY)).toContain(
      `image: ghcr.io/buildless-dev/toolkit:${VERSION}\n`,
    );
  });
});

describe('the registration', () => {
  const all = [...MUTATING, ...VALIDATING];
  const namespaces = all.filter((entry) => at(entry, 'name') === NAMESPACE_ENTRY);
  /** Those that are about Functions; the other one is about what a Namespace's labels say. */
  const ofFunctions = all.filter((entry) => !namespaces.includes(entry));

  it("asks of a Namespace only where it has a label of ours, and never of the cluster's own", () => {
    const [entry] = namespaces;
    const conditions = JSON.stringify(listAt(entry, 'matchConditions'));
    expect(conditions).toContain("exists(key, key.startsWith('buildless.dev/'))");
    expect(conditions).toContain(
      `!object.metadata.name.startsWith('kube-') && object.metadata.name != '${INSTALL_NAMESPACE}'`,
    );
    expect(listAt(entry, 'rules')).toHaveLength(1);
    expect(listAt(entry, 'rules')[0]).toMatchObject({
      resources: ['namespaces'],
      operations: ['CREATE', 'UPDATE'],
      scope: 'Cluster',
    });
  });

  it.each(ofFunctions.map((entry) => [String(at(entry, 'name')), entry]))(
    '%s asks only in namespaces that opted in',
    (_, entry) => {
      expect(at(entry, 'namespaceSelector', 'matchLabels')).toBeUndefined();
      expect(at(entry, 'namespaceSelector', 'matchExpressions', 0)).toEqual({
        key: NAMESPACE_LABEL,
        operator: 'In',
        values: OPT_INS,
      });
      expect(at(entry, 'namespaceSelector', 'matchExpressions', 1)).toMatchObject({
        key: 'kubernetes.io/metadata.name',
        operator: 'NotIn',
        values: [INSTALL_NAMESPACE, 'kube-system', 'kube-public', 'kube-node-lease'],
      });
      expect(JSON.stringify(listAt(entry, 'matchConditions'))).toContain("!request.namespace.startsWith('kube-')");
    },
  );

  it.each(ofFunctions.map((entry) => [String(at(entry, 'name')), entry]))(
    '%s asks only about Functions',
    (_, entry) => {
      const bySelector = { matchExpressions: [{ key: FUNCTION_LABEL, operator: 'Exists' }] };
      const byCondition = JSON.stringify(listAt(entry, 'matchConditions')).includes(
        `'${FUNCTION_LABEL}' in object.spec`,
      );
      expect(byCondition ? bySelector : at(entry, 'objectSelector')).toEqual(bySelector);
    },
  );

  it.each(all.map((entry) => [String(at(entry, 'name')), entry]))(
    '%s answers soon, without side effects, in every version',
    (_, entry) => {
      expect(entry).toMatchObject({
        admissionReviewVersions: ['v1'],
        matchPolicy: 'Equivalent',
        sideEffects: 'None',
        timeoutSeconds: 5,
      });
      const scope = namespaces.includes(entry) ? 'Cluster' : 'Namespaced';
      for (const rule of listAt(entry, 'rules')) expect(at(rule, 'scope')).toBe(scope);
    },
  );

  it('fails open where it mutates and where it only advises, closed on the final state', () => {
    const policies = Object.fromEntries(all.map((entry) => [String(at(entry, 'name')), at(entry, 'failurePolicy')]));
    expect(policies).toEqual({
      'pods.mutate.buildless.dev': 'Ignore',
      'templates.mutate.buildless.dev': 'Ignore',
      'cronjobs.mutate.buildless.dev': 'Ignore',
      'pods.validate.buildless.dev': 'Fail',
      'configmaps.validate.buildless.dev': 'Fail',
      'templates.validate.buildless.dev': 'Ignore',
      'cronjobs.validate.buildless.dev': 'Ignore',
      [NAMESPACE_ENTRY]: 'Ignore',
    });
  });

  it('does not call for Pods and templates that are disabled', () => {
    for (const entry of ofFunctions) {
      if (at(entry, 'name') === 'configmaps.validate.buildless.dev') continue;
      const conditions = JSON.stringify(listAt(entry, 'matchConditions')).replaceAll(".orValue('')", '');
      expect(conditions.replaceAll('[?', '[')).toContain(`['${ANNOTATIONS.mode}'] != 'disabled'`);
    }
  });

  it('never stands between a controller and the finalizers of a Pod', () => {
    for (const entry of all)
      for (const rule of listAt(entry, 'rules'))
        if (listAt(rule, 'resources').includes('pods')) {
          expect(at(rule, 'operations')).toEqual(['CREATE', 'UPDATE']);
          const condition = listAt(entry, 'matchConditions').find((each) => at(each, 'name') === 'new-or-set-to-auto');
          expect(at(condition, 'expression')).toMatch(
            /^request\.operation == 'CREATE' \|\| .*container\.image == 'auto' &&/,
          );
          expect(at(condition, 'expression')).toContain('!oldObject.spec.containers.exists(old,');
        }
  });
});

describe('the Deployment', () => {
  it('keeps to Pod Security restricted, with a root file system that is read-only', () => {
    expect(at(podSpec, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(at(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(at(find(objects, 'Namespace'), 'metadata', 'labels', 'pod-security.kubernetes.io/enforce')).toBe(
      'restricted',
    );
  });

  it('runs two replicas apart from each other, and replaces none before the new one is Ready', () => {
    expect(at(deployment, 'spec')).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
    expect(listAt(podSpec, 'topologySpreadConstraints').map((each) => at(each, 'topologyKey'))).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
  });
});

describe('the controller', () => {
  const control = find(objects, 'Deployment', CONTROL_NAME);
  const pod = at(control, 'spec', 'template', 'spec');
  const containers = listAt(pod, 'containers');
  const named = (name: string): unknown => containers.find((each) => at(each, 'name') === name);

  it('has the names of the code', () => {
    expect(at(control, 'spec', 'selector', 'matchLabels')).toEqual(CONTROL_POD_LABELS);
    expect(at(control, 'spec', 'template', 'metadata', 'labels')).toEqual(CONTROL_POD_LABELS);
    for (const kind of ['PodDisruptionBudget', 'NetworkPolicy', 'Service'])
      expect(JSON.stringify(find(objects, kind, CONTROL_NAME))).toContain('"app.kubernetes.io/component":"control"');
    expect(at(pod, 'serviceAccountName')).toBe(CONTROL_NAME);
    expect(listAt(named('control'), 'args')).toContain(`--resolver=${RESOLVER_SOCKET}`);
    expect(listAt(named('resolver'), 'args')).toContain(`--socket=${RESOLVER_SOCKET}`);
    expect(listAt(named('control'), 'args')).toContain(`--config=/etc/buildless/${CONFIG_KEY}`);
    for (const role of ['buildless-control', LEASE_READER])
      expect(at(find(objects, 'Role', role), 'rules', 0, 'resourceNames')).toEqual([CONTROL_NAME]);
    const account = `'system:serviceaccount:${INSTALL_NAMESPACE}:${CONTROL_NAME}'`;
    for (const name of CONTROL_POLICIES) {
      const conditions = JSON.stringify(
        at(find(objects, 'ValidatingAdmissionPolicy', name), 'spec', 'matchConditions'),
      );
      expect(conditions).toContain(`request.userInfo.username == ${account}`);
      expect(at(find(objects, 'ValidatingAdmissionPolicy', name), 'spec', 'failurePolicy')).toBe('Fail');
      expect(at(find(objects, 'ValidatingAdmissionPolicyBinding', name), 'spec', 'validationActions')).toEqual([
        'Deny',
      ]);
    }
  });

  it('runs the same image twice, each container with as little as it needs', () => {
    for (const each of containers) {
      expect(at(each, 'image')).toBe(`ghcr.io/buildless-dev/buildless:${VERSION}`);
      expect(at(each, 'securityContext')).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(at(each, 'resources', 'limits', 'memory')).toBeDefined();
    }
  });

  it('gives a token to the container that needs one, and none to the one that runs npm, uv and Git', () => {
    expect(at(pod, 'automountServiceAccountToken')).toBe(false);
    const mounts = (name: string): readonly unknown[] =>
      listAt(named(name), 'volumeMounts').map((mount) => at(mount, 'name'));
    expect(mounts('control')).toEqual(['config', 'socket', 'token']);
    expect(mounts('resolver')).toEqual(['socket', 'resolver-tmp']);
    expect(listAt(named('resolver'), 'env')).toEqual([]);
  });

  it('limits every volume that is written to', () => {
    const written = listAt(pod, 'volumes').filter((volume) => at(volume, 'emptyDir') !== undefined);
    expect(written).toHaveLength(2);
    for (const volume of written) expect(at(volume, 'emptyDir', 'sizeLimit')).toBeDefined();
  });

  it.each(['cert-manager', 'host-network', 'high-availability'])('comes with the overlay %s', (name) => {
    const result = kustomize(`deploy/overlays/${name}`);
    const overlay = 'manifests' in result ? objectsOf(result.manifests) : objects;
    expect(find(overlay, 'Deployment', CONTROL_NAME)).toEqual(control);
    for (const each of CONTROL_POLICIES) expect(find(overlay, 'ValidatingAdmissionPolicy', each)).toBeDefined();
    expect(find(overlay, 'Role', LEASE_READER)).toBeDefined();
  });

  it('can be left out: the base has nothing of it, and the webhook may still look for its Lease', (context) => {
    const base = built('deploy/base', (reason) => {
      context.skip(reason);
    });
    const names = base.map((object) => at(object, 'metadata', 'name'));
    expect(names).not.toContain(CONTROL_NAME);
    expect(names).toContain(LEASE_READER);
  });
});

describe('the overlays', () => {
  it('cert-manager: certificates from a Secret, and no right left to write any', (context) => {
    const overlay = built('deploy/overlays/cert-manager', (reason) => {
      context.skip(reason);
    });
    expect(
      listAt(find(overlay, 'Deployment', WEBHOOK_NAME), 'spec', 'template', 'spec', 'containers', 0, 'args'),
    ).toEqual(
      expect.arrayContaining([
        '--tls-cert=/etc/buildless-tls/tls.crt',
        `--webhook-configuration=${CONFIGURATION_NAME}`,
      ]),
    );
    expect(at(find(overlay, 'MutatingWebhookConfiguration'), 'metadata', 'annotations')).toEqual({
      'cert-manager.io/inject-ca-from': `${INSTALL_NAMESPACE}/${WEBHOOK_NAME}`,
    });
    expect(listAt(find(overlay, 'Certificate', WEBHOOK_NAME), 'spec', 'dnsNames')).toContain(
      `${WEBHOOK_NAME}.${INSTALL_NAMESPACE}.svc`,
    );
    expect(JSON.stringify(find(overlay, 'ClusterRole', WEBHOOK_NAME))).not.toContain('"patch"');
    const roles = overlay.filter((object) => at(object, 'kind') === 'Role');
    expect(roles.map((object) => at(object, 'metadata', 'name')).sort()).toEqual([CONTROL_NAME, LEASE_READER]);
    expect(JSON.stringify(roles)).not.toContain('secrets');
  });

  it('host-network: ports that no kubelet has, in a namespace that allows it', (context) => {
    const overlay = built('deploy/overlays/host-network', (reason) => {
      context.skip(reason);
    });
    const spec = at(find(overlay, 'Deployment', WEBHOOK_NAME), 'spec', 'template', 'spec');
    expect(spec).toMatchObject({ hostNetwork: true });
    const ports = listAt(spec, 'containers', 0, 'ports').map((port) => at(port, 'containerPort'));
    expect(listAt(spec, 'containers', 0, 'args')).toEqual(
      expect.arrayContaining([`--port=${String(ports[0])}`, `--health-port=${String(ports[1])}`]),
    );
    expect(ports).not.toContain(10250);
    expect(at(find(overlay, 'Namespace'), 'metadata', 'labels', 'pod-security.kubernetes.io/enforce')).toBe(
      'privileged',
    );
  });

  it('high-availability: three replicas on three nodes', (context) => {
    const overlay = built('deploy/overlays/high-availability', (reason) => {
      context.skip(reason);
    });
    const spec = at(find(overlay, 'Deployment', WEBHOOK_NAME), 'spec');
    expect(at(spec, 'replicas')).toBe(3);
    expect(at(spec, 'template', 'spec', 'topologySpreadConstraints', 0)).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
    });
  });
});

describe('alerts and dashboard', () => {
  it.each(['deploy/components/alerts/prometheus-rule.yaml', 'deploy/components/grafana-dashboard/buildless.json'])(
    '%s asks only for metrics that exist',
    async (file) => {
      const text = readFileSync(path.join(ROOT, file), 'utf8');
      const texts = [new Metrics({ version: VERSION }), new ControlMetrics({ version: VERSION })];
      const rendered = (await Promise.all(texts.map((each) => each.render()))).join('\n');
      const existing = new Set(Array.from(rendered.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name));
      const asked = new Set(
        text.match(/\bbuildless_[a-z_]+\b/g)?.map((name) => name.replace(/_(?:bucket|count)$/, '')),
      );
      expect(asked.size).toBeGreaterThan(5);
      expect([...asked].filter((name) => !existing.has(name))).toEqual([]);
    },
  );

  it('every component builds on top of the base', (context) => {
    const folder = mkdtempSync(path.join(ROOT, 'deploy', '.components-'));
    try {
      const names = readdirSync(path.join(ROOT, 'deploy/components'));
      writeFileSync(
        path.join(folder, 'kustomization.yaml'),
        JSON.stringify({ resources: ['../base'], components: names.map((name) => `../components/${name}`) }),
      );
      const overlay = built(path.relative(ROOT, folder), (reason) => {
        context.skip(reason);
      });
      for (const name of [WEBHOOK_NAME, CONTROL_NAME]) expect(find(overlay, 'ServiceMonitor', name)).toBeDefined();
      expect(find(overlay, 'PrometheusRule')).toBeDefined();
      expect(at(find(overlay, 'ConfigMap', 'buildless-dashboard'), 'metadata', 'labels', 'grafana_dashboard')).toBe(
        '1',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
