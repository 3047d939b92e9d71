import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/load.ts';
import { templateEntries } from '../../src/installation/template-entries.ts';
import { at, find, installed, listAt } from './shipped.ts';

const entriesOf = (text: string): ReturnType<typeof templateEntries> => {
  const parsed = parseConfiguration(text, 'config.yaml');
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  return templateEntries(parsed.configuration);
};
const shipped = listAt(find(installed(), 'ValidatingWebhookConfiguration'), 'webhooks').find(
  (entry) => at(entry, 'name') === 'templates.validate.buildless.dev',
);
const expressionOf = (entry: unknown, name: string): unknown =>
  at(
    listAt(entry, 'matchConditions').find((each) => at(each, 'name') === name),
    'expression',
  );

describe('the entry for the templates of a custom kind', () => {
  const [entry] = entriesOf('templates: [{ group: apps.kruise.io, kind: CloneSet, path: spec.template }]');

  it('is as the entry that is shipped, but for its kind', () => {
    for (const field of [
      'admissionReviewVersions',
      'clientConfig',
      'namespaceSelector',
      'matchPolicy',
      'sideEffects',
      'timeoutSeconds',
      'failurePolicy',
    ])
      expect({ [field]: at(entry, field) }).toEqual({ [field]: at(shipped, field) });
    for (const name of ['not-a-kube-namespace', 'not-owned-by-a-controller'])
      expect(expressionOf(entry, name)).toBe(expressionOf(shipped, name));
    expect(entry).toMatchObject({
      name: 'clonesets.apps.kruise.io.templates.validate.buildless.dev',
      rules: [{ apiGroups: ['apps.kruise.io'], apiVersions: ['*'], resources: ['clonesets'] }],
    });
  });

  it.each([
    ['CloneSet', 'clonesets'],
    ['NetworkPolicy', 'networkpolicies'],
    ['Process', 'processes'],
  ])('guesses the resource of a %s as Kubernetes does', (kind, resource) => {
    expect(entriesOf(`templates: [{ group: a.example, kind: ${kind}, path: spec.template }]`)).toMatchObject([
      { rules: [{ resources: [resource] }] },
    ]);
  });

  it('takes the resource that the configuration gives', () => {
    const text = 'templates: [{ group: a.example, kind: Proxy, resource: proxys, path: spec.template }]';
    expect(entriesOf(text)).toMatchObject([{ rules: [{ resources: ['proxys'] }] }]);
  });

  it('is one for a kind with several paths', () => {
    const rows = ['spec.driver.template', 'spec.executor.template'].map(
      (path) => `{ group: a.example, kind: App, path: ${path} }`,
    );
    const entries = entriesOf(`templates: [${rows.join(', ')}]`);
    expect(entries).toHaveLength(1);
    expect(expressionOf(entries[0], 'a-function')).toContain("[?'driver'][?'template']");
    expect(expressionOf(entries[0], 'a-function')).toContain("[?'executor'][?'template']");
  });
});
