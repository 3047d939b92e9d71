import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/load.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { pulledImages } from '../../src/installation/images.ts';
import { onlyParameters } from '../../src/installation/only-parameters.ts';
import type { InjectionContext } from '../../src/inject/context.ts';
import { pullSecrets } from '../../src/inject/steps/pull-secrets.ts';
import { functionPod } from './function-of.ts';

const loaded = parseConfiguration('images: { registry: mirror.example/path, pullSecrets: [mirror, other] }', 'c.yaml');
if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
const { configuration } = loaded;

describe('images of a registry of the platform', () => {
  it.each([
    [undefined, ['mirror', 'other']],
    [['own'], ['own', 'mirror', 'other']],
    [
      ['other', 'own'],
      ['other', 'own', 'mirror'],
    ],
  ])('are pulled with its Secrets as well as with those of the author: %j', (given, expected) => {
    const pod = functionPod();
    const own = {
      ...pod,
      spec: {
        containers: [],
        ...pod.spec,
        ...(given !== undefined && { imagePullSecrets: given.map((name) => ({ name })) }),
      },
    };
    const context = { configuration } as InjectionContext;
    const once = pullSecrets(own, context);
    expect(once.spec?.imagePullSecrets?.map(({ name }) => name)).toEqual(expected);
    expect(pullSecrets(once, context)).toBe(once);
  });

  it('are those of toolkit and runtimes, in Pods as in the lists for namespaces of Functions only', () => {
    expect(configuration.runtimes.nodejs22?.image).toMatch(/^mirror\.example\/path\/library\/node:22/);
    expect(configuration.toolkit.image).toMatch(/^mirror\.example\/path\/buildless-dev\/toolkit:/);
    const { runtimes = '', toolkit = '' } = onlyParameters(configuration);
    for (const line of (runtimes + toolkit).trimEnd().split('\n')) expect(line).toMatch(/^mirror\.example\/path\//);
  });

  it('are listed with what they are copies of', () => {
    const listed = pulledImages(configuration);
    expect(listed.map(({ name, image }) => ({ name, image }))).toEqual(pulledImages(DEFAULT_CONFIGURATION));
    for (const { mirror } of listed) expect(mirror).toMatch(/^mirror\.example\/path\//);
  });

  it.each(['mirror', 'Mirror.example', 'https://mirror.example', 'mirror.example/', 'mirror.example/a//b'])(
    'are not looked for at %s',
    (registry) => {
      expect(parseConfiguration(`images: { registry: "${registry}" }`, 'c.yaml')).toHaveProperty('findings');
    },
  );
});
