import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import type { AdmissionRequest, Reviewer } from '../../src/admission/review.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { LabelsUnreachable, type NamespaceLabels } from '../../src/namespace/namespace.ts';
import type { Source } from '../../src/function/source.ts';
import { replica, requestFor, sourceOf, contextWith } from './review-of.ts';

const template = { metadata: replica.metadata, spec: replica.spec };
const deployment = requestFor(
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'hello' }, spec: { template } },
  { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } },
);
const source = sourceOf({ 'handler.js': '', 'package.json': '{"dependencies":{"ms":"2.1.3"}}' });

/** Notes the questions. */
function noting(
  labels: NamespaceLabels | LabelsUnreachable,
  wanted: Source,
): { readonly context: ReviewContext; readonly asked: string[] } {
  const asked: string[] = [];
  const inner = contextWith({ source: wanted, labels });
  const context: ReviewContext = {
    ...inner,
    namespaceLabels: (name) => {
      asked.push('labels');
      return inner.namespaceLabels(name);
    },
    readSource: (namespace, reference) => {
      asked.push('source');
      return inner.readSource(namespace, reference);
    },
  };
  return { context, asked };
}

const optedIn = { 'buildless.dev/functions': 'enabled' };
const unreachable = 'no answer within 2 s';

describe('while the API server does not answer, which costs 2 s each time, a review asks for each fact once', () => {
  const cases: readonly (readonly [string, (context: ReviewContext) => Reviewer, AdmissionRequest])[] = [
    ['a Pod that is created', createMutate, requestFor(replica)],
    ['a Pod that was not injected', createValidate, requestFor(replica)],
    ['a Deployment', createValidate, deployment],
  ];

  it.each(cases)('%s', async (_, reviewer, request) => {
    const nothing = noting(new LabelsUnreachable(unreachable), { type: 'unreachable', reason: unreachable });
    await reviewer(nothing.context)(request);
    expect(nothing.asked).toEqual(['labels']);
    const noSource = noting(optedIn, { type: 'unreachable', reason: unreachable });
    await reviewer(noSource.context)(request);
    expect(noSource.asked).toEqual(['labels', 'source']);
    const all = noting(optedIn, source);
    await reviewer(all.context)(request);
    expect(all.asked).toEqual(['labels', 'source']);
  });
});

describe('the judgement of a source', () => {
  it('is asked for once in a review, by the injection and by the policy', async () => {
    let judgements = 0;
    const inner = contextWith({ source });
    const context: ReviewContext = {
      ...inner,
      judge: (question) => {
        judgements += 1;
        return inner.judge(question);
      },
    };
    await createValidate(context)(deployment);
    expect(judgements).toBe(1);
  });
});
