import { describe, expect, it } from 'vitest';
import type { Patient } from '../../src/doctor/check.ts';
import { registration } from '../../src/doctor/checks/registration.ts';
import { ENTRIES } from '../../src/installation/names.ts';
import { templateEntries } from '../../src/installation/template-entries.ts';

const unused = () => Promise.reject(new Error('not asked here'));

/** A cluster whose webhook entries all have this namespaceSelector. */
const patientWith = (namespaceSelector: object): Patient => ({
  namespace: 'buildless-system',
  configuration: 'buildless',
  probeNamespace: undefined,
  get: (path) => {
    const names = path.includes('/mutating') ? ENTRIES.mutating : ENTRIES.validating;
    const webhooks = names.map((name) => ({ name, namespaceSelector, failurePolicy: 'Fail' }));
    return Promise.resolve({ ok: true, object: { webhooks } });
  },
  post: unused,
  openPod: unused,
});

/** The same, with these entries beside those that are shipped, and a configuration. */
const patientWithTemplates = (entries: readonly object[], configuration: string): Patient => {
  const inner = patientWith(optIn(['enabled', 'only']));
  return {
    ...inner,
    get: async (path) => {
      if (path.includes('/configmaps/')) return { ok: true, object: { data: { 'config.yaml': configuration } } };
      const answer = await inner.get(path);
      if (!answer.ok || path.includes('/mutating')) return answer;
      const { webhooks } = answer.object as { webhooks: object[] };
      return { ok: true, object: { webhooks: [...webhooks, ...entries] } };
    },
  };
};

const optIn = (values: readonly string[]): object => ({
  matchExpressions: [{ key: 'buildless.dev/functions', operator: 'In', values }],
});

const said = async (selector: object): Promise<string> =>
  (await registration(patientWith(selector))).map(({ detail }) => detail).join('\n');

describe('doctor looks at the namespaces that the webhook is called for', () => {
  it('is content with those that opted in, either way', async () => {
    const results = await registration(patientWith(optIn(['enabled', 'only'])));
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('is content with conditions that a platform adds, as the Admissions Enforcer of AKS does', async () => {
    const added = { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] };
    const { matchExpressions } = optIn(['enabled', 'only']) as { matchExpressions: object[] };
    const results = await registration(patientWith({ matchExpressions: [...matchExpressions, added] }));
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('names an entry that leaves out namespaces of Functions only', async () => {
    const missing = 'pods.mutate.buildless.dev is not called for namespaces with buildless.dev/functions: only';
    expect(await said(optIn(['enabled']))).toContain(missing);
    expect(await said({ matchLabels: { 'buildless.dev/functions': 'enabled' } })).toContain(missing);
  });

  it('names an entry that is called for namespaces that did not opt in', async () => {
    const others = 'pods.validate.buildless.dev is called for namespaces that did not opt in';
    expect(await said({})).toContain(others);
    expect(await said(optIn(['enabled', 'only', 'off']))).toContain(others);
  });
});

describe('doctor compares the entries for custom kinds with the configuration', () => {
  const row = {
    group: 'keda.sh',
    kind: 'ScaledJob',
    resource: 'scaledjobs',
    path: ['spec', 'jobTargetRef', 'template'],
  };
  const configuration = 'templates: [{ group: keda.sh, kind: ScaledJob, path: spec.jobTargetRef.template }]';
  const entries = templateEntries({ templates: [row] });
  const name = 'scaledjobs.keda.sh.templates.validate.buildless.dev';
  const lastOf = async (...args: Parameters<typeof patientWithTemplates>): Promise<unknown> =>
    (await registration(patientWithTemplates(...args))).at(-1);

  it('is content if they are the same', async () => {
    expect(await lastOf(entries, configuration)).toMatchObject({ status: 'ok' });
  });

  it.each<[string, readonly object[], string, string]>([
    ['is missing', [], configuration, `${name} is missing`],
    [
      'has another path',
      templateEntries({ templates: [{ ...row, path: ['spec', 'template'] }] }),
      configuration,
      `${name} is not as`,
    ],
    [
      'is for no kind of the configuration',
      entries,
      '{}',
      `${name} is for a kind that the configuration does not name`,
    ],
  ])('names one that %s, and the command that writes it', async (_, given, text, detail) => {
    const result = await lastOf(given, text);
    expect(result).toMatchObject({ status: 'failed' });
    expect(JSON.stringify(result)).toContain(detail);
    expect(JSON.stringify(result)).toContain('buildless registration');
  });
});
