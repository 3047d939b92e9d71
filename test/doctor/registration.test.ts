import { describe, expect, it } from 'vitest';
import type { Patient } from '../../src/doctor/check.ts';
import { registration } from '../../src/doctor/checks/registration.ts';
import { ENTRIES } from '../../src/installation/names.ts';

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
