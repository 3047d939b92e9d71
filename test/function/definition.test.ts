import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { parseDefinition } from '../../src/function/definition.ts';
import { handlerFiles } from '../../src/function/handler-files.ts';
import { parseHandler } from '../../src/function/handler.ts';
import { LabelsUnreachable, namespaceFacts, type NamespaceLabels } from '../../src/namespace/namespace.ts';
import { nearest } from '../../src/outcome/nearest.ts';
import type { PodLike } from '../../src/kubernetes/pod.ts';

const pod = (annotations: Record<string, string>, containers = [{ name: 'function', image: 'auto' }]): PodLike => ({
  metadata: { labels: { 'buildless.dev/function': 'hello' }, annotations },
  spec: { containers },
});

const findingsOf = (subject: PodLike): string[] => {
  const parsed = parseDefinition(subject, DEFAULT_CONFIGURATION);
  return 'findings' in parsed ? parsed.findings.map(({ code, problem, fix }) => `${code}: ${problem}; ${fix}`) : [];
};

describe('the definition of a Function', () => {
  it('has defaults for all that is left out', () => {
    const parsed = parseDefinition(pod({ 'buildless.dev/runtime': 'python312' }), DEFAULT_CONFIGURATION);
    expect(parsed).toMatchObject({
      definition: {
        name: 'hello',
        runtimeName: 'python312',
        source: { type: 'configmap', names: ['hello'] },
        handler: { file: 'handler', export: 'main' },
        handlerGiven: false,
        containerIndex: 0,
        server: true,
        profile: 'L',
        installer: 'auto',
        installScripts: false,
      },
    });
  });

  it('reports everything that is wrong at once', () => {
    expect(
      findingsOf(
        pod({ 'buildless.dev/runtme': 'nodejs22', 'buildless.dev/handler': 'main', 'buildless.dev/mode': 'off' }),
      ).map((text) => text.split(':')[0]),
    ).toEqual(['unknown-annotation', 'invalid-annotation', 'unknown-runtime', 'invalid-annotation']);
  });

  it.each([
    [
      { 'buildless.dev/installer': 'npm' },
      ['unknown-installer: the runtime bun1 has no installer "npm"; choose one of auto, bun'],
    ],
    [
      { 'buildless.dev/install-scripts': 'allow' },
      [
        'invalid-annotation: the runtime bun1 has no installer that runs install scripts; remove the annotation, or choose another runtime',
      ],
    ],
    [{ 'buildless.dev/installer': 'bun' }, []],
    [{ 'buildless.dev/api': 'http' }, []],
  ])('takes for a runtime whose image has no npm what the toolkit can do: %j', (annotations, findings) => {
    expect(findingsOf(pod({ 'buildless.dev/runtime': 'bun1', ...annotations }))).toEqual(findings);
  });

  it('does not hold a default installer against a runtime whose image lacks it', () => {
    const { install } = DEFAULT_CONFIGURATION;
    const configuration = {
      ...DEFAULT_CONFIGURATION,
      install: { ...install, defaultInstaller: { ...install.defaultInstaller, nodejs: 'npm' } },
    };
    const parsed = parseDefinition(pod({ 'buildless.dev/runtime': 'bun1' }), configuration);
    expect(parsed).toMatchObject({ definition: { installer: 'auto' } });
  });

  it('refuses a runtime none of whose installers the configuration allows', () => {
    const { install } = DEFAULT_CONFIGURATION;
    const configuration = { ...DEFAULT_CONFIGURATION, install: { ...install, installers: ['npm', 'pip'] } };
    const parsed = parseDefinition(pod({ 'buildless.dev/runtime': 'bun1' }), configuration);
    expect('findings' in parsed && parsed.findings.map(({ code, problem }) => `${code}: ${problem}`)).toEqual([
      'unknown-installer: the runtime bun1 installs with bun, which the configuration does not allow',
    ]);
    expect(parseDefinition(pod({ 'buildless.dev/runtime': 'nodejs22' }), configuration)).toHaveProperty('definition');
  });

  it('suggests the nearest name for a typing error', () => {
    expect(findingsOf(pod({ 'buildless.dev/runtime': 'nodejs22', 'buildless.dev/sorce': 'x' }))).toEqual([
      'unknown-annotation: unknown annotation buildless.dev/sorce; did you mean buildless.dev/source?',
    ]);
    expect(findingsOf(pod({ 'buildless.dev/runtime': 'node22' }))[0]).toContain('did you mean nodejs22?');
  });

  it.each([
    [
      'buildless.dev/runtime',
      'buildless.dev/runtime is an annotation, and here it is a label; move it to metadata.annotations',
    ],
    [
      'buildless.dev/folowed',
      'Buildless has no label buildless.dev/folowed; did you mean buildless.dev/followed? remove it',
    ],
    [
      'buildless.dev/team',
      'Buildless has no label buildless.dev/team; remove it, or use one of buildless.dev/function',
    ],
    [`buildless.dev/${'a'.repeat(100_000)}`, 'Buildless has no label buildless.dev/aaa'],
  ])('refuses a label of our domain that does not exist: %.40s', (label, message) => {
    const labelled = pod({ 'buildless.dev/runtime': 'nodejs22' });
    const labels = { ...labelled.metadata?.labels, [label]: 'x' };
    const [finding, ...more] = findingsOf({ ...labelled, metadata: { ...labelled.metadata, labels } });
    expect(finding).toContain(`unknown-label: ${message}`);
    expect(more).toEqual([]);
  });

  it('takes the labels of its workload, and those of others', () => {
    const labelled = pod({ 'buildless.dev/runtime': 'nodejs22' });
    const others = { 'buildless.dev/rollout': 'auto', 'buildless.dev/followed': 'a1', 'example.com/runtime': 'x' };
    const labels = { ...labelled.metadata?.labels, ...others };
    expect(findingsOf({ ...labelled, metadata: { ...labelled.metadata, labels } })).toEqual([]);
  });

  it('is the only container with image: auto, whatever other webhooks add', () => {
    const containers = [
      { name: 'app', image: 'auto' },
      { name: 'envoy', image: 'envoy:1' },
    ];
    for (const order of [containers, containers.toReversed()]) {
      const parsed = parseDefinition(pod({ 'buildless.dev/runtime': 'nodejs22' }, order), DEFAULT_CONFIGURATION);
      expect(parsed).toMatchObject({ definition: { containerName: 'app' } });
    }
  });

  it('treats names of Object.prototype as unknown', () => {
    expect(
      findingsOf(pod({ 'buildless.dev/runtime': 'constructor', 'buildless.dev/profile': '__proto__' })),
    ).toHaveLength(2);
  });

  it('needs to know which of several containers is meant', () => {
    const two = [
      { name: 'a', image: 'auto' },
      { name: 'b', image: 'auto' },
    ];
    expect(findingsOf(pod({ 'buildless.dev/runtime': 'nodejs22' }, two))[0]).toContain(
      'the Pod has several containers (a, b) and none is called "function"',
    );
    expect(findingsOf(pod({ 'buildless.dev/runtime': 'nodejs22', 'buildless.dev/container': 'b' }, two))).toEqual([]);
  });
});

describe('buildless.dev/handler', () => {
  it.each([
    ['handler.main', { file: 'handler', export: 'main' }],
    ['lib/orders.create', { file: 'lib/orders', export: 'create' }],
    ['my.module.main', { file: 'my.module', export: 'main' }],
    ['handler.größe', { file: 'handler', export: 'größe' }],
  ])('%s is read', (text, expected) => {
    expect(parseHandler(text)).toEqual(expected);
  });

  it.each(['main', '.main', 'handler.', 'handler.1st', '../x.main', '/x.main', 'a//b.main', './a.main', 'a.b-c'])(
    '%s is refused',
    (text) => {
      expect(parseHandler(text)).toHaveProperty('problem');
    },
  );

  it('in Python a dot may stand for a folder', () => {
    expect(handlerFiles({ file: 'shop.orders', export: 'main' }, 'python')).toEqual([
      'shop.orders.py',
      'shop/orders.py',
    ]);
  });
});

const defaults = {
  enforce: 'no-latest',
  warn: 'exact',
  audit: 'off',
  floor: 'off',
  exemptNamespaces: ['sandbox'],
} as const;

describe('the labels of a namespace', () => {
  it('choose levels over the configuration', () => {
    const { levels, restricted, enabled } = namespaceFacts(
      'shop',
      {
        'buildless.dev/functions': 'enabled',
        'buildless.dev/dependencies-enforce': 'locked',
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
      defaults,
    );
    expect({ levels, restricted, enabled }).toEqual({
      levels: { enforce: 'locked', warn: 'exact', audit: 'off' },
      restricted: true,
      enabled: true,
    });
  });

  it('that name no level count as the strictest, with a warning', () => {
    const { levels, warnings } = namespaceFacts('shop', { 'buildless.dev/dependencies-enforce': 'strict' }, defaults);
    expect(levels.enforce).toBe('locked');
    expect(warnings[0]?.problem).toBe('"strict" is not a level, so "locked" is used');
  });

  it('cannot undercut the floor, and a warning says so', () => {
    const floor = { ...defaults, floor: 'exact' } as const;
    const { levels, warnings } = namespaceFacts('shop', { 'buildless.dev/dependencies-enforce': 'off' }, floor);
    expect(levels).toEqual({ enforce: 'exact', warn: 'exact', audit: 'off' });
    expect(warnings.map(({ code, problem }) => `${code}: ${problem}`)).toEqual([
      'policy-floor: "off" is looser than the cluster allows, so "exact" is used',
    ]);
  });

  it('mean nothing for the dependencies of an exempt namespace, the floor neither', () => {
    const labels = { 'buildless.dev/functions': 'enabled', 'buildless.dev/dependencies-enforce': 'locked' };
    const { levels, warnings, enabled } = namespaceFacts('sandbox', labels, { ...defaults, floor: 'exact' });
    expect(levels).toEqual({ enforce: 'off', warn: 'off', audit: 'off' });
    expect({ warnings, enabled }).toEqual({ warnings: [], enabled: true });
  });
});

describe('the labels of a namespace that cannot be read', () => {
  it('decide too much to admit anything, also in an exempt namespace and where the floor is the strictest level', () => {
    const unreachable = new LabelsUnreachable('no answer in 2 s');
    const codes = (name: string, known: NamespaceLabels | LabelsUnreachable, floor: 'off' | 'locked') =>
      namespaceFacts(name, known, { ...defaults, floor }).findings.map(({ code }) => code);
    for (const name of ['shop', 'sandbox']) {
      for (const floor of ['off', 'locked'] as const) {
        expect(codes(name, unreachable, floor)).toEqual(['namespace-unreachable']);
        expect(codes(name, {}, floor)).toEqual([]);
      }
    }
  });
});

describe('the nearest name', () => {
  it.each([
    ['hander', 'handler'],
    ['HANDLER', 'handler'],
    ['zzzzzz', undefined],
  ])('to %s is %s', (text, expected) => {
    expect(nearest(text, ['handler', 'runtime'])).toBe(expected);
  });
});
