import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import type { AdmissionRequest, Reviewer } from '../../src/admission/review.ts';
import type { Surroundings } from '../../src/admission/surroundings.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { LabelsUnreachable, type NamespaceLabels } from '../../src/namespace/namespace.ts';
import type { Source } from '../../src/function/source.ts';
import { replica, requestFor, sourceOf, surroundingsWith } from './review-of.ts';

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
): { readonly surroundings: Surroundings; readonly asked: string[] } {
  const asked: string[] = [];
  const inner = surroundingsWith({ source: wanted, labels });
  const surroundings: Surroundings = {
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
  return { surroundings, asked };
}

const optedIn = { 'buildless.dev/functions': 'enabled' };
const unreachable = 'no answer within 2 s';

describe('while the API server does not answer, which costs 2 s each time, a review asks for each fact once', () => {
  const cases: readonly (readonly [string, (surroundings: Surroundings) => Reviewer, AdmissionRequest])[] = [
    ['a Pod that is created', createMutate, requestFor(replica)],
    ['a Pod that was not injected', createValidate, requestFor(replica)],
    ['a Deployment', createValidate, deployment],
  ];

  it.each(cases)('%s', async (_, reviewer, request) => {
    const nothing = noting(new LabelsUnreachable(unreachable), { type: 'unreachable', reason: unreachable });
    await reviewer(nothing.surroundings)(request);
    expect(nothing.asked).toEqual(['labels']);
    const noSource = noting(optedIn, { type: 'unreachable', reason: unreachable });
    await reviewer(noSource.surroundings)(request);
    expect(noSource.asked).toEqual(['labels', 'source']);
    const all = noting(optedIn, source);
    await reviewer(all.surroundings)(request);
    expect(all.asked).toEqual(['labels', 'source']);
  });
});

describe('the judgement of a source', () => {
  it('is asked for once in a review, by the injection and by the policy', async () => {
    let judgements = 0;
    const inner = surroundingsWith({ source });
    const surroundings: Surroundings = {
      ...inner,
      judge: (question) => {
        judgements += 1;
        return inner.judge(question);
      },
    };
    await createValidate(surroundings)(deployment);
    expect(judgements).toBe(1);
  });
});
