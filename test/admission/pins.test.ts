import { describe, expect, it } from 'vitest';
import { injectPod } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { pinOf } from '../../src/kubernetes/image-reference.ts';
import { replica, requestFor, sourceOf, contextWith } from './review-of.ts';

const source = sourceOf({ 'handler.js': 'exports.main = () => 1;' });
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const DIGEST = `@sha256:${'a'.repeat(64)}`;

/** The codes of a refusal, or `warned CODES`, or `passes`, at each level. */
async function at(level: string, change: { image?: string; source?: string }): Promise<string> {
  const context = contextWith({ source, labels: { 'buildless.dev/dependencies-enforce': level } });
  const pod = {
    ...replica,
    metadata: {
      ...replica.metadata,
      annotations: {
        ...replica.metadata.annotations,
        ...(change.source !== undefined && { 'buildless.dev/source': change.source }),
      },
    },
    spec: {
      containers: [
        { name: 'function', image: change.image ?? 'auto' },
        { name: 'sidecar', image: 'mesh' },
      ],
    },
  };
  const injection = await injectPod(pod, 'default', context);
  if (injection.outcome !== 'injected') throw new Error(JSON.stringify(injection));
  const { response, codes } = await createValidate(context)(requestFor(injection.pod));
  if (!response.allowed) return codes.join(' ');
  const warned = (response.warnings ?? []).map((text) => /\[([a-z-]+)\]$/.exec(text)?.[1]);
  return warned.length === 0 ? 'passes' : `warned ${warned.join(' ')}`;
}

describe('what a source leaves open', () => {
  it.each([
    ['git+https://git.example/a', 'warned source-floats', 'source-floats'],
    ['git+https://git.example/a?ref=main', 'warned source-floats', 'source-floats'],
    ['git+https://git.example/a?ref=v1.2.3', 'passes', 'source-floats'],
    [`git+https://git.example/a?ref=${COMMIT.slice(0, 12)}`, 'warned source-floats', 'source-floats'],
    [`git+https://git.example/a?ref=${COMMIT}`, 'passes', 'passes'],
    [`git+https://git.example/a?ref=${COMMIT}${COMMIT.slice(0, 24)}`, 'passes', 'passes'],
    ['image:registry.example/a', 'source-floats', 'source-floats'],
    ['image:registry.example/a:latest', 'source-floats', 'source-floats'],
    ['image:registry.example:5000/a:1.2.3', 'passes', 'source-floats'],
    [`image:registry.example/a:1.2.3${DIGEST}`, 'passes', 'passes'],
    [`image:registry.example/a${DIGEST}`, 'passes', 'passes'],
  ])('%s: no-latest %s, locked %s', async (text, noLatest, locked) => {
    expect(await at('no-latest', { source: text })).toBe(noLatest);
    expect(await at('locked', { source: text })).toBe(locked);
  });
});

describe("what the image of the Function's own container leaves open", () => {
  it.each([
    ['node', 'image-floats', 'image-floats'],
    ['node:latest', 'image-floats', 'image-floats'],
    ['node:lts', 'image-floats', 'image-floats'],
    ['node:slim', 'image-floats', 'image-floats'],
    ['registry.example:5000/node', 'image-floats', 'image-floats'],
    ['node:22', 'passes', 'image-floats'],
    ['registry.example/team_a/node:22.1.0-slim', 'passes', 'image-floats'],
    [`node${DIGEST}`, 'passes', 'passes'],
    ['auto', 'passes', 'passes'],
  ])('%s: no-latest %s, locked %s', async (image, noLatest, locked) => {
    expect(await at('no-latest', { image })).toBe(noLatest);
    expect(await at('locked', { image })).toBe(locked);
  });

  it('is a warning where nothing is refused', async () => {
    expect(await at('off', { image: 'node' })).toBe('warned image-floats');
  });
});

describe('the pin of an image', () => {
  it.each([
    ['node:lts-alpine3.20', 'nothing'],
    ['node:latest-22', 'nothing'],
    ['node:alpine', 'nothing'],
    ['node:v22', 'version'],
    ['a:main-3f2a1b9', 'version'],
    ['a@sha256:abc', 'nothing'],
    [`a:latest${DIGEST}`, 'digest'],
    ['localhost:5000/a', 'nothing'],
    [`a:${'1'.repeat(2000)}`, 'nothing'],
    ['', 'nothing'],
  ])('%s: %s', (image, pin) => {
    expect(pinOf(image)).toBe(pin);
  });

  it('is read in linear time, whatever the text', () => {
    for (const part of ['@a', ':a', '/a', 'a', '@a+a', 'a._-']) expect(pinOf(part.repeat(500_000))).toBe('nothing');
  });
});
