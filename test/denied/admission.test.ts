import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { TooComplex } from '../../src/dependencies/budget.ts';
import { createOfflineJudge, stoppedFacts } from '../../src/admission/judgement.ts';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { NOTHING_DENIED } from '../../src/denied/list.ts';
import { contextWith, replica, requestFor, sourceOf } from '../admission/review-of.ts';
import { configured } from './lists.ts';

const DENIED = configured({ nodejs: [{ name: 'axios', versions: '1.14.1', reason: 'stole tokens' }] });
const files = (version: string): Record<string, string> => ({
  'handler.js': 'exports.main = () => 1;',
  'package.json': JSON.stringify({ dependencies: { axios: version } }),
});
const OFF = {
  'buildless.dev/dependencies-enforce': 'off',
  'buildless.dev/dependencies-warn': 'off',
  'buildless.dev/dependencies-audit': 'off',
};

const configMap = (version: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'hello', labels: { 'buildless.dev/function': 'hello' } },
  data: files(version),
});
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello' },
  spec: { template: { metadata: replica.metadata, spec: replica.spec } },
};
const kindOf = (group: string, kind: string): { kind: { group: string; version: string; kind: string } } => ({
  kind: { group, version: 'v1', kind },
});

describe('a denied version is refused at every level', () => {
  const context: ReviewContext = {
    ...contextWith({ source: sourceOf(files('1.14.1')), labels: OFF }),
    denied: () => DENIED,
  };
  it.each([
    ['in a Pod', requestFor(replica)],
    ['in a template', requestFor(deployment, kindOf('apps', 'Deployment'))],
    ['in a labelled ConfigMap', requestFor(configMap('1.14.1'), kindOf('', 'ConfigMap'))],
  ])('%s', async (_, request) => {
    const { response, codes } = await createValidate(context)(request);
    expect(codes).toContain('dependency-denied');
    expect(response.status?.message).toContain(
      '"axios" 1.14.1 is denied in this cluster (stole tokens); it comes with package.json > axios@1.14.1',
    );
  });

  it('but not another one', async () => {
    const { response } = await createValidate(context)(requestFor(configMap('1.14.0'), kindOf('', 'ConfigMap')));
    expect(response.allowed).toBe(true);
  });
});

describe('a source that nobody can search', () => {
  const context = {
    ...contextWith({
      labels: OFF,
      judge: ({ basis }) => Promise.resolve(stoppedFacts(basis, new TooComplex(1).message)),
    }),
  };
  const request = requestFor(configMap('1.14.1'), kindOf('', 'ConfigMap'));

  it('is refused at every level once something is denied', async () => {
    const { codes } = await createValidate({ ...context, denied: () => DENIED })(request);
    expect(codes).toEqual(['too-complex']);
  });

  it('passes at "off" while nothing is', async () => {
    expect((await createValidate(context)(request)).response.allowed).toBe(true);
  });
});

describe('what was remembered', () => {
  it('does not survive a change of the list, and no source is judged again for it', async () => {
    let denied = NOTHING_DENIED;
    let judged = 0;
    const judge = createOfflineJudge();
    const known = new Map<string, ReturnType<typeof judge>>();
    const context: ReviewContext = {
      ...contextWith({
        source: sourceOf(files('1.14.1')),
        judge: (question) => {
          const before = known.get(question.digest);
          if (before !== undefined) return before;
          judged += 1;
          const answer = judge(question);
          known.set(question.digest, answer);
          return answer;
        },
      }),
      denied: () => denied,
    };
    const { response } = await createMutate(context)(requestFor(replica));
    const patch = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()) as jsonPatch.Operation[];
    const injected = jsonPatch.applyPatch(structuredClone(replica), patch).newDocument;
    const validate = createValidate(context);
    const allowed = async (): Promise<boolean> => (await validate(requestFor(injected))).response.allowed;
    expect(await allowed()).toBe(true);
    expect(await allowed()).toBe(true);
    denied = DENIED;
    expect(await allowed()).toBe(false);
    denied = NOTHING_DENIED;
    expect(await allowed()).toBe(true);
    expect(judged).toBe(1);
  });
});
