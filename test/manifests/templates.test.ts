import { describe, expect, it } from 'vitest';
import { formatField } from '../../src/outcome/place.ts';
import { findTemplates, withValueAt } from '../../src/manifests/templates.ts';

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [] } };
const metadata = { name: 'hello', namespace: 'shop' };

describe('findTemplates', () => {
  it.each([
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ReplicaSet'],
    ['v1', 'ReplicationController'],
    ['batch/v1', 'Job'],
    ['serving.knative.dev/v1', 'Service'],
    ['serving.knative.dev/v1', 'Configuration'],
    ['argoproj.io/v1alpha1', 'Rollout'],
  ])('%s %s has it at spec.template', (apiVersion, kind) => {
    const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [];
    expect(findTemplates({ apiVersion, kind, metadata, spec: { template } })).toEqual([
      { group, kind, name: 'hello', namespace: 'shop', path: ['spec', 'template'], template },
    ]);
  });

  it('a CronJob has it inside the template of its Job', () => {
    const object = { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: { jobTemplate: { spec: { template } } } };
    expect(findTemplates(object)).toMatchObject([{ path: ['spec', 'jobTemplate', 'spec', 'template'], template }]);
  });

  it('a PodTemplate has it at template, a Pod is one itself', () => {
    expect(findTemplates({ apiVersion: 'v1', kind: 'PodTemplate', template })).toMatchObject([
      { path: ['template'], template },
    ]);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'hello-' }, spec: {} };
    expect(findTemplates(pod)).toEqual([
      { group: '', kind: 'Pod', name: 'hello-*', namespace: undefined, path: [], template: pod },
    ]);
  });

  it('finds those of the items of Lists, also of Lists in Lists', () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } };
    const typed = { apiVersion: 'apps/v1', kind: 'DeploymentList', items: [deployment] };
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [null, { apiVersion: 'v1', kind: 'Service' }, typed, deployment],
    };
    expect(findTemplates(list).map(({ path }) => formatField(path))).toEqual([
      'items[2].items[0].spec.template',
      'items[3].spec.template',
    ]);
  });

  it.each([
    ['a core Service', { apiVersion: 'v1', kind: 'Service', spec: { template } }],
    ['a Deployment of another group', { apiVersion: 'example.com/v1', kind: 'Deployment', spec: { template } }],
    ['a Deployment without a template', { apiVersion: 'apps/v1', kind: 'Deployment', spec: {} }],
    ['a Deployment whose template is a text', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: 'x' } }],
    ['a Knative Revision', { apiVersion: 'serving.knative.dev/v1', kind: 'Revision', spec: template.spec }],
    ['a kind called like a member of every object', { apiVersion: 'v1', kind: 'constructor' }],
  ])('finds none in %s', (_, object) => {
    expect(findTemplates(object)).toEqual([]);
  });
});

describe('withValueAt', () => {
  it('replaces one value, keeps the order of keys and shares the rest', () => {
    const object = { kind: 'List', items: [{ a: 1 }, { before: {}, spec: { x: 1 }, after: {} }] };
    const edited = withValueAt(object, ['items', 1, 'spec'], { y: 2 });
    expect(JSON.stringify(edited)).toBe('{"kind":"List","items":[{"a":1},{"before":{},"spec":{"y":2},"after":{}}]}');
    expect(object.items[1]).toEqual({ before: {}, spec: { x: 1 }, after: {} });
    expect(edited).not.toBe(object);
    expect(Array.isArray(edited.items) && edited.items[0]).toBe(object.items[0]);
  });
});
