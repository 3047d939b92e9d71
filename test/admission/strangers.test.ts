import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { replica, requestFor, sourceOf, surroundingsWith } from './review-of.ts';

const asked: string[] = [];
const ofNamespace = (value: string): ReturnType<typeof surroundingsWith> => {
  const surroundings = surroundingsWith({
    source: sourceOf({ 'secret-name.js': '', 'package.json': '{"dependencies":{"axios":"latest"}}' }),
    labels: { 'buildless.dev/functions': value },
  });
  return {
    ...surroundings,
    readSource: (...given) => {
      asked.push(given[0]);
      return surroundings.readSource(...given);
    },
  };
};

const template = { metadata: replica.metadata, spec: replica.spec };
const REVIEWS = [
  ['a Pod', requestFor(replica)],
  [
    'a Deployment',
    requestFor(
      { metadata: { name: 'a' }, spec: { template } },
      { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } },
    ),
  ],
  [
    'a ConfigMap',
    requestFor(
      { metadata: { name: 'a', labels: { 'buildless.dev/function': 'a' } }, data: { 'package.json': '{' } },
      { kind: { group: '', version: 'v1', kind: 'ConfigMap' } },
    ),
  ],
] as const;

describe('a review that names a namespace which did not opt in', () => {
  it.each(REVIEWS)(
    'of %s is answered without a look at its sources, and says nothing of them',
    async (_what, request) => {
      for (const value of ['', 'disabled', 'Enabled']) {
        const surroundings = ofNamespace(value);
        asked.length = 0;
        for (const review of [createMutate(surroundings), createValidate(surroundings)]) {
          const { response } = await review(request);
          expect(response).toEqual({ uid: request.uid, allowed: true });
        }
        expect(asked).toEqual([]);
      }
    },
  );

  it.each(['enabled', 'only'])('is told from one that opted in with "%s"', async (value) => {
    expect((await createMutate(ofNamespace(value))(requestFor(replica))).codes).toEqual(['handler-not-found']);
  });
});
