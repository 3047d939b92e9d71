import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { indexResources } from '../../src/manifests/resources.ts';
import { keepsPackages, type InstallInput } from '../../src/run/kept-packages.ts';

const FILES = { 'handler.js': 'old', 'package.json': '{"dependencies":{"ms":"2.1.3"}}', 'lib..a.js': 'a' };

function inputOf(files: Readonly<Record<string, string>>, args: string[] = [], secret = 'one'): InstallInput {
  const pod: V1Pod = {
    metadata: { name: 'hello', namespace: 'default' },
    spec: {
      containers: [],
      initContainers: [{ name: 'buildless-install', args }],
      volumes: [
        { name: 'buildless-source', configMap: { name: 'hello' } },
        { name: 'buildless-registry', secret: { secretName: 'npm' } },
      ],
    },
  };
  const resources = indexResources(
    [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hello' }, data: files },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'npm' }, stringData: { '.npmrc': secret } },
    ].map((object) => ({ object })),
  );
  return { pod, resources, language: 'nodejs' };
}

/** The same source as two ConfigMaps. */
function divided(input: InstallInput, data: Readonly<Record<string, string>>): InstallInput {
  const pod = structuredClone(input.pod);
  const volume = pod.spec?.volumes?.[0];
  if (volume !== undefined) {
    delete volume.configMap;
    volume.projected = { sources: [{ configMap: { name: 'hello' } }, { configMap: { name: 'hello-data' } }] };
  }
  const more = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hello-data' }, data };
  const { resources } = input;
  return {
    ...input,
    pod,
    resources: {
      ...resources,
      configMap: (namespace, name) => (name === 'hello-data' ? more : resources.configMap(namespace, name)),
    },
  };
}

describe('installed packages outlive an edit', () => {
  it('of one of several ConfigMaps', () => {
    const before = divided(inputOf(FILES), { 'more.js': 'a' });
    expect(keepsPackages(before, divided(inputOf(FILES), { 'more.js': 'b' }))).toBe(true);
    expect(keepsPackages(before, divided(inputOf(FILES), { 'package-lock.json': '{}' }))).toBe(false);
  });

  it.each([
    ['of the code', { ...FILES, 'handler.js': 'new' }],
    ['that adds a module', { ...FILES, 'lib..b.mjs': 'b' }],
    ['that removes one', { 'handler.js': 'old', 'package.json': FILES['package.json'] }],
    ['of something else', FILES],
    [
      'of what no installer reads in package.json',
      {
        ...FILES,
        'package.json':
          '{\r\n "description": "x", "version": "2.0.0", "scripts": {"test": "x"}, "dependencies": {"ms": "2.1.3"} }',
      },
    ],
  ])('%s', (_, files) => {
    expect(keepsPackages(inputOf(FILES), inputOf(files))).toBe(true);
  });

  it.each([
    ['of package.json', inputOf({ ...FILES, 'package.json': '{"dependencies":{"ms":"2.1.2"}}' })],
    [
      'of a field that it may read',
      inputOf({ ...FILES, 'package.json': '{"dependencies":{"ms":"2.1.3"},"overrides":{"ms":"2"}}' }),
    ],
    ['that breaks package.json', inputOf({ ...FILES, 'package.json': '{' })],
    ['that removes package.json', inputOf({ 'handler.js': 'old', 'lib..a.js': 'a' })],
    ['that adds a lock', inputOf({ ...FILES, 'package-lock.json': '{}' })],
    ['that adds an .npmrc', inputOf({ ...FILES, '.npmrc': 'x' })],
    ['of the registry Secret', inputOf(FILES, [], 'two')],
    ["of the installer's arguments", inputOf(FILES, ['--timeout=1'])],
  ])('not one %s', (_, after) => {
    expect(keepsPackages(inputOf(FILES), after)).toBe(false);
  });

  it.each([
    ['a package is a folder of the source', { 'package.json': '{"dependencies":{"a":"file:lib"}}' }, []],
    ['the source has workspaces', { 'package.json': '{"workspaces":["lib"]}' }, []],
    ["packages' scripts may run", {}, ['--allow-scripts']],
  ])('not where %s', (_, files, args) => {
    const before = { ...FILES, ...files };
    expect(keepsPackages(inputOf(before, args), inputOf({ ...before, 'handler.js': 'new' }, args))).toBe(false);
  });
});

it.each([
  ['ms==1\n', '# a comment\r\nms==1\r\n\r\n', true],
  ['ms==1\n', 'ms==1 # why\n', false],
  ['ms==1\n', 'ms==2\n', false],
  ['ms==1 \\\n --hash=sha256:a\n', 'ms==1 \\\n# no\n --hash=sha256:a\n', false],
])('requirements %j that become %j keep packages: %j', (before, after, kept) => {
  const input = (text: string): InstallInput => ({ ...inputOf({ 'requirements.txt': text }), language: 'python' });
  expect(keepsPackages(input(before), input(after))).toBe(kept);
});
