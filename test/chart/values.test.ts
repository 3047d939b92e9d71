import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { at, find, listAt } from '../installation/shipped.ts';
import { CHART, givenHelm, helm, it, rendered } from './helm.ts';

/** Each wrong value, and what the message has to name. */
const WRONG: readonly (readonly [object, RegExp])[] = [
  [{ replicas: 3 }, /additional properties 'replicas' not allowed/],
  [{ webhook: { replicas: '3' } }, /\/webhook\/replicas'?: got string, want integer/],
  [{ webhook: { replicas: -1 } }, /\/webhook\/replicas'?: minimum: got -1, want 0/],
  [{ webhook: { replica: 3 } }, /\/webhook'?: additional properties 'replica' not allowed/],
  [{ webhook: { resources: { requests: { cpu: 'much' } } } }, /\/webhook\/resources\/requests\/cpu/],
  [
    { webhook: { spreadOverNodes: 'Never' } },
    /\/webhook\/spreadOverNodes'?: value must be one of 'ScheduleAnyway', 'DoNotSchedule'/,
  ],
  [{ webhook: { tolerations: {} } }, /\/webhook\/tolerations'?: got object, want array/],
  [{ webhook: { podLabels: { tier: 1 } } }, /\/webhook\/podLabels\/tier'?: got number, want string/],
  [{ control: { enabled: 'no' } }, /\/control\/enabled'?: got string, want boolean/],
  [{ image: { tag: 'a b' } }, /\/image\/tag'?: 'a b' does not match pattern/],
  [{ image: { registry: 'https://ghcr.io/x' } }, /\/image\/registry/],
  [{ image: { digests: { buildless: 'sha256:1' } } }, /\/image\/digests\/buildless/],
  [{ image: { pullPolicy: 'Sometimes' } }, /\/image\/pullPolicy'?: value must be one of/],
  [{ image: { pullSecrets: ['mirror'] } }, /\/image\/pullSecrets\/0'?: got string, want object/],
  [{ hostNetwork: { port: 70_000 } }, /\/hostNetwork\/port'?: maximum: got 70,?000, want 65,?535/],
  [{ certManager: { issuerRef: 'mine' } }, /\/certManager\/issuerRef'?: got string, want object/],
  [{ metrics: { serviceMonitor: { interval: '30' } } }, /\/metrics\/serviceMonitor\/interval/],
  [{ configuration: { depedencies: {} } }, /\/configuration'?: additional properties 'depedencies' not allowed/],
  [{ configuration: { dependencies: { enforce: 'strict' } } }, /\/configuration\/dependencies\/enforce/],
  [{ configuration: { mode: true } }, /\/configuration\/mode/],
];

describe('the values', () => {
  givenHelm();

  for (const [values, message] of WRONG) {
    it(`refuse ${JSON.stringify(values)} and name the place`, async () => {
      await expect(rendered(values)).rejects.toThrow(message);
    });
  }

  it('pass helm lint, each file of examples as well', async () => {
    const files = ['cert-manager', 'high-availability', 'host-network', 'monitoring', 'openshift', 'without-control'];
    const values = files.map((name) => ['-f', path.join(CHART, 'ci', `${name}-values.yaml`)]);
    for (const args of [[], ...values]) {
      const { status, stdout, stderr } = await helm(['lint', '--strict', CHART, ...args]);
      expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    }
  });

  it('reach the Pods: where they run, what they ask for, and with which credentials', async () => {
    const chosen = {
      replicas: 5,
      resources: { requests: { cpu: '2' } },
      priorityClassName: 'platform',
      spreadOverNodes: 'DoNotSchedule',
      nodeSelector: { pool: 'system' },
      tolerations: [{ key: 'system', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      podLabels: { team: 'platform' },
      podAnnotations: { note: 'on' },
    };
    const fromSecret = { secretKeyRef: { name: 'buildless-proxy', key: 'proxy' } };
    const env = [{ name: 'HTTPS_PROXY', valueFrom: fromSecret }];
    const objects = await rendered({
      image: { pullSecrets: [{ name: 'mirror' }], pullPolicy: 'Always' },
      webhook: chosen,
      control: { ...chosen, resolver: { resources: { limits: { memory: '2Gi' } }, env } },
      commonLabels: { owner: 'platform' },
    });
    for (const name of ['buildless-webhook', 'buildless-control']) {
      const { replicas, template } = at(find(objects, 'Deployment', name), 'spec') as Record<string, unknown>;
      expect(replicas).toBe(5);
      expect(at(template, 'metadata', 'labels')).toMatchObject(chosen.podLabels);
      expect(at(template, 'metadata', 'annotations')).toMatchObject(chosen.podAnnotations);
      expect(at(template, 'spec')).toMatchObject({
        priorityClassName: 'platform',
        nodeSelector: chosen.nodeSelector,
        tolerations: chosen.tolerations,
        affinity: chosen.affinity,
        imagePullSecrets: [{ name: 'mirror' }],
      });
      expect(at(template, 'spec', 'topologySpreadConstraints', 0, 'whenUnsatisfiable')).toBe('DoNotSchedule');
      const containers = listAt(template, 'spec', 'containers');
      expect(containers.map((each) => at(each, 'imagePullPolicy'))).toEqual(containers.map(() => 'Always'));
    }
    const [, resolver] = listAt(
      find(objects, 'Deployment', 'buildless-control'),
      'spec',
      'template',
      'spec',
      'containers',
    );
    expect(resolver).toMatchObject({ name: 'resolver', resources: { limits: { memory: '2Gi' } }, env });
    expect(objects.map((object) => at(object, 'metadata', 'labels', 'owner'))).toEqual(objects.map(() => 'platform'));
  });

  it('name an issuer of the platform in place of our own CA', async () => {
    const issuerRef = { kind: 'ClusterIssuer', name: 'platform' };
    const objects = await rendered({ certManager: { enabled: true, issuerRef } });
    expect(at(find(objects, 'Certificate'), 'spec', 'issuerRef')).toEqual(issuerRef);
    expect(objects.filter((object) => at(object, 'kind') === 'Issuer')).toEqual([]);
  });

  it('are all in the table of the README of the chart', () => {
    const readme = readFileSync(path.join(CHART, 'README.md'), 'utf8');
    const paths = leaves(parse(readFileSync(path.join(CHART, 'values.yaml'), 'utf8')));
    // Those of the two Deployments share a row.
    const named = paths.map((each) => each.replace(/^control\.(?=nodeS|toler|aff|podL|podA)/, 'webhook.'));
    expect(named.filter((each) => !readme.includes(`\`${each}\``))).toEqual([]);
    return Promise.resolve();
  });
});

/** Paths of values; what is chosen as a whole, such as resources, is one. */
function leaves(value: unknown, path = ''): readonly string[] {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0 || /\.(resources|labels)$/.test(path)) return [path];
  return entries.flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
