import jsonPatch from 'fast-json-patch';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMutate, injectPod } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { replica, requestFor, sourceOf, contextWith } from './review-of.ts';

const context = contextWith({ source: sourceOf({ 'handler.js': 'exports.main = () => 1;' }) });
const mutate = createMutate(context);
const validate = createValidate(context);

interface Injected {
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
}

describe('a running Pod that is applied again with image: auto', () => {
  let running: Injected;
  let again: Injected;
  beforeAll(async () => {
    const injection = await injectPod(replica, 'default', context);
    if (injection.outcome !== 'injected') throw new Error('not injected');
    running = JSON.parse(JSON.stringify(injection.pod)) as Injected;
    again = {
      ...running,
      spec: {
        ...running.spec,
        containers: running.spec.containers.map((container) => ({ ...container, image: 'auto' })),
      },
    };
  });
  const update = (object: object, oldObject: object): ReturnType<typeof requestFor> =>
    requestFor(object, { operation: 'UPDATE', oldObject: { ...oldObject } });

  it('keeps the image that it runs', async () => {
    const { response } = await mutate(update(again, running));
    const operations = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()) as jsonPatch.Operation[];
    expect(jsonPatch.applyPatch(structuredClone(again), operations, true).newDocument).toEqual(running);
  });

  it('is refused by the validating half if the mutating one was not there', async () => {
    const verdict = await validate(update(again, running));
    expect(verdict.codes).toEqual(['image-auto']);
    expect(verdict.response.status?.message).toContain('spec.containers[0].image: "auto" would replace docker.io/');
  });

  it.each([
    ['nothing changes', () => [running, running]],
    [
      'another image is set',
      () => [{ ...running, spec: { containers: [{ name: 'function', image: 'b:2' }] } }, running],
    ],
    ['it had the marker before', () => [again, again]],
    [
      'it was never injected',
      () => [replica, { ...replica, spec: { containers: [{ name: 'function', image: 'a:1' }] } }],
    ],
  ])('passes both as it is if %s', async (_what, pair) => {
    const [object = {}, oldObject = {}] = pair();
    expect((await mutate(update(object, oldObject))).response).toMatchObject({ allowed: true });
    expect((await mutate(update(object, oldObject))).response.patch).toBeUndefined();
    expect((await validate(update(object, oldObject))).response).toMatchObject({ allowed: true });
  });
});
