import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { replica, requestFor, sourceOf, contextWith } from './review-of.ts';

const webhooks = [
  ['mutate', createMutate],
  ['validate', createValidate],
] as const;

describe.each(webhooks)('a dry run of a Pod without its source, %s', (_, create) => {
  const review = create(contextWith({ source: { type: 'missing' } }));

  it('is admitted with a warning, as kubectl diff stores no ConfigMap either', async () => {
    const { response } = await review(requestFor(replica, { dryRun: true }));
    expect(response).toMatchObject({ allowed: true });
    expect(response.patch).toBeUndefined();
    expect(response.warnings).toEqual([expect.stringContaining('the source configmap:hello does not exist')]);
  });

  it('is refused for everything else that is wrong with the Pod', async () => {
    const spec = { ...replica.spec, os: { name: 'windows' } };
    const { response } = await review(requestFor({ ...replica, spec }, { dryRun: true }));
    expect(response.allowed).toBe(false);
    expect(response.status?.message).toContain('unsupported-os');
    expect(response.status?.message).not.toContain('source-not-found');
  });

  it('is refused if it is not a dry run', async () => {
    const { response } = await review(requestFor(replica));
    expect(response.allowed).toBe(false);
    expect(response.status?.message).toContain('source-not-found');
  });
});

it('a dry run with a source is injected as always', async () => {
  const source = sourceOf({ 'handler.js': 'exports.main = () => 1;' });
  const { response } = await createMutate(contextWith({ source }))(requestFor(replica, { dryRun: true }));
  expect(response.patch).toBeDefined();
});
