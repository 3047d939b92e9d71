import { describe, expect, it } from 'vitest';
import { REVIEWED_KINDS } from '../../src/admission/validate.ts';
import { TEMPLATE_KINDS } from '../../src/function/template-kinds.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { find, installed, listAt } from './shipped.ts';

const entries = listAt(find(installed(), 'ValidatingWebhookConfiguration'), 'webhooks');
/** GROUP/RESOURCE of every rule of an entry. */
const resourcesOf = (entry: unknown): readonly string[] =>
  listAt(entry, 'rules').flatMap((rule) =>
    listAt(rule, 'apiGroups').flatMap((group) =>
      listAt(rule, 'resources').map((resource) => `${String(group)}/${String(resource)}`),
    ),
  );
const reviewed = TEMPLATE_KINDS.filter((kind) => kind.reviewed);
const resourceOf: Readonly<Record<string, string>> = {
  '/ConfigMap': '/configmaps',
  '/Namespace': '/namespaces',
  ...Object.fromEntries(reviewed.map(({ group, kind, resource }) => [`${group}/${kind}`, `${group}/${resource}`])),
};

describe('the kinds of the command, of the webhook, of its metrics and of the registration are one list', () => {
  it('the registration sends exactly what the webhook reviews', () => {
    const registered = entries.flatMap(resourcesOf).sort();
    expect(registered).toEqual(REVIEWED_KINDS.map((kind) => resourceOf[kind] ?? kind).sort());
  });

  it('the registration sends exactly what is stamped, beside Pods', () => {
    const mutating = listAt(find(installed(), 'MutatingWebhookConfiguration'), 'webhooks');
    const stamped = TEMPLATE_KINDS.filter((kind) => kind.stamped !== undefined);
    expect(mutating.flatMap(resourcesOf).sort()).toEqual(
      ['/pods', ...stamped.map(({ group, resource }) => `${group}/${resource}`)].sort(),
    );
    for (const { group, resource, path } of stamped) {
      const entry = mutating.find((each) => resourcesOf(each).includes(`${group}/${resource}`));
      const [first = '', ...rest] = path;
      const labels = [...rest, 'metadata', 'labels'].map((step) => `.?${step}`).join('');
      expect(JSON.stringify(listAt(entry, 'matchConditions'))).toContain(
        `'buildless.dev/function' in object.${first}${labels}.orValue({})`,
      );
    }
  });

  it.each(reviewed.filter(({ path }) => path.length > 0))(
    'the registration looks for the label of a $kind where the command does',
    ({ group, resource, path }) => {
      const entry = entries.find((each) => resourcesOf(each).includes(`${group}/${resource}`));
      const conditions = JSON.stringify(listAt(entry, 'matchConditions'));
      expect(conditions).toContain(`'buildless.dev/function' in object.${path.join('.')}.metadata.labels`);
    },
  );

  it('the metrics name each kind that is reviewed, and call what is not "other"', async () => {
    const metrics = new Metrics({ version: 'test' });
    for (const name of [...REVIEWED_KINDS, 'example.com/Anything']) {
      const [group = '', kind = ''] = name.split('/');
      metrics.reviewEnded(
        'validate',
        { operation: 'CREATE', kind: { group, version: 'v1', kind } },
        { outcome: 'admitted', codes: [] },
        0,
      );
    }
    const text = await metrics.render();
    for (const name of REVIEWED_KINDS) expect(text).toContain(`kind="${name.split('/')[1] ?? ''}"`);
    expect(text).not.toContain('kind="Anything"');
  });
});
