import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { kustomize } from '../../scripts/manifests.mjs';
import { at, objectsOf } from '../installation/shipped.ts';
import { givenHelm, it, rendered, ROOT } from './helm.ts';

/** What Helm writes beside the labels of kustomize. */
const OF_HELM = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/version', 'helm.sh/chart'];

/** Objects by kind, namespace and name. */
function byName(objects: readonly unknown[]): Readonly<Record<string, unknown>> {
  const named = objects.map((object): [string, unknown] => [
    [['kind'], ['metadata', 'namespace'], ['metadata', 'name']].map((field) => String(at(object, ...field))).join(' '),
    object,
  ]);
  expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
  return Object.fromEntries(named);
}

function withoutHelmsLabels(object: unknown): unknown {
  const copy = structuredClone(object);
  const labels = at(copy, 'metadata', 'labels');
  for (const label of OF_HELM) {
    expect(labels).toHaveProperty([label]);
    if (typeof labels === 'object' && labels !== null) Reflect.deleteProperty(labels, label);
  }
  return copy;
}

const chart = async (values: object | string): Promise<Readonly<Record<string, unknown>>> =>
  byName((await rendered(values, { more: ['--set', 'namespace.create=true'] })).map(withoutHelmsLabels));

function kustomized(folder: string): Readonly<Record<string, unknown>> {
  const built = kustomize(folder);
  if ('missing' in built) throw new Error(built.missing);
  return byName(objectsOf(built.manifests));
}

/** deploy/ with components that no overlay has. */
function withComponents(components: readonly string[]): Readonly<Record<string, unknown>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-kustomize-'));
  try {
    const relative = (name: string): string => path.relative(folder, path.join(ROOT, 'deploy', name));
    const kustomization = {
      resources: [relative('.')],
      components: components.map((name) => relative(`components/${name}`)),
    };
    writeFileSync(path.join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return kustomized(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the chart installs the very objects that kustomize does', () => {
  givenHelm();

  it('by default', async () => {
    expect(await chart({})).toEqual(kustomized('deploy'));
  });

  it('without the Namespace, unless the values ask for it', async () => {
    const objects = await rendered({});
    const namespaces = objects.filter((object) => at(object, 'kind') === 'Namespace');
    expect(namespaces).toEqual([]);
    expect(objects).toHaveLength(Object.keys(kustomized('deploy')).length - 1);
  });

  for (const overlay of ['cert-manager', 'host-network', 'high-availability', 'openshift']) {
    it(`with the values for the overlay ${overlay}`, async () => {
      expect(await chart(overlay)).toEqual(kustomized(`deploy/overlays/${overlay}`));
    });
  }

  it('without the controller', async () => {
    expect(await chart('without-control')).toEqual(kustomized('deploy/base'));
  });

  it('with alerts, a dashboard and ServiceMonitors', async () => {
    const components = ['alerts', 'grafana-dashboard', 'service-monitor'];
    expect(await chart('monitoring')).toEqual(withComponents(components));
  });

  it('with reports', async () => {
    expect(await chart('reports')).toEqual(withComponents(['reports']));
  });

  it('with webhooks of Git hosts', async () => {
    expect(await chart('push')).toEqual(withComponents(['push']));
  });

  it('in another namespace nothing names the usual one', async () => {
    const all = { certManager: { enabled: true }, metrics: { prometheusRule: { enabled: true } } };
    const objects = await rendered(all, { namespace: 'functions' });
    expect(JSON.stringify(objects)).not.toContain('buildless-system');
  });
});
