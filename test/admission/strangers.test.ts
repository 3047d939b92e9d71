import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { LabelsUnreachable } from '../../src/namespace/namespace.ts';
import { replica, requestFor, sourceOf, contextWith } from './review-of.ts';

const asked: string[] = [];
const source = sourceOf({ 'secret-name.js': '', 'package.json': '{"dependencies":{"axios":"latest"}}' });
const ofNamespace = (value: string): ReturnType<typeof contextWith> =>
  noticing(contextWith({ source, labels: { 'buildless.dev/functions': value } }));
const noticing = (context: ReturnType<typeof contextWith>): ReturnType<typeof contextWith> => {
  return {
    ...context,
    readSource: (...given) => {
      asked.push(given[0]);
      return context.readSource(...given);
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
        const context = ofNamespace(value);
        asked.length = 0;
        for (const review of [createMutate(context), createValidate(context)]) {
          const { response } = await review(request);
          expect(response).toEqual({ uid: request.uid, allowed: true });
        }
        expect(asked).toEqual([]);
      }
    },
  );

  it.each(REVIEWS)(
    'of %s says nothing of its sources while its labels cannot be read, whatever the floor',
    async (_what, request) => {
      const { dependencies } = DEFAULT_CONFIGURATION;
      for (const more of [
        {},
        { enforce: 'locked', floor: 'locked' },
        { exemptNamespaces: [request.namespace] },
      ] as const) {
        const configuration = { ...DEFAULT_CONFIGURATION, dependencies: { ...dependencies, ...more } };
        const labels = new LabelsUnreachable('no answer in 2 s');
        const context = noticing(contextWith({ source, labels, configuration }));
        asked.length = 0;
        for (const review of [createMutate(context), createValidate(context)]) {
          expect(JSON.stringify(await review(request))).not.toMatch(/secret-name|axios|sha256|handler-not-found/);
        }
        expect(asked).toEqual([]);
      }
    },
  );

  it.each(['enabled', 'only'])('is told from one that opted in with "%s"', async (value) => {
    expect((await createMutate(ofNamespace(value))(requestFor(replica))).codes).toEqual(['handler-not-found']);
  });
});
