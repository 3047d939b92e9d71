import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Configuration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import {
  ANNOTATIONS,
  FUNCTION_LABEL,
  INIT_CONTAINERS,
  NAMESPACE_LABEL,
  NAMESPACE_ONLY,
  PATHS,
  VOLUMES,
} from '../../src/function/keys.ts';
import { LANGUAGES } from '../../src/function/languages.ts';
import {
  INSTALL_NAMESPACE,
  ONLY_CONFIG_MAP,
  ONLY_POLICY,
  ONLY_TEMPLATES_POLICY,
} from '../../src/installation/names.ts';
import { PREPARE_COMMAND } from '../../src/function/toolkit.ts';
import { onlyConfigMap, onlyParameters } from '../../src/installation/only-parameters.ts';
import { at, find, installed, listAt, objectsOf, ROOT } from './shipped.ts';

const objects = installed();
const file = (name: string): string => readFileSync(path.join(ROOT, 'deploy', name), 'utf8');

function configured(text: string): Configuration {
  const parsed = parseConfiguration(text, 'config.yaml');
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  return parsed.configuration;
}

interface Added {
  readonly name: unknown;
  readonly command: unknown;
}

/** The containers named `buildless-*`, anywhere in a value. */
function addedTo(value: unknown): readonly Added[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(addedTo);
  const name = at(value, 'name');
  const isContainer = 'image' in value && typeof name === 'string' && name.startsWith('buildless-');
  return isContainer && 'command' in value ? [{ name, command: value.command }, ...below] : below;
}

describe('ConfigMap buildless-only', () => {
  const shipped = configured(file('config.yaml'));

  it('is what deploy/config.yaml gives now; else run npm run manifests', () => {
    expect(parse(file('base/only-parameters.yaml'))).toEqual(onlyConfigMap(shipped));
    expect(find(objects, 'ConfigMap', ONLY_CONFIG_MAP)).toEqual(onlyConfigMap(shipped));
  });

  it('has the images of every runtime and of the toolkit, and the lists of the administrator', () => {
    const configuration = configured(
      'toolkit: {image: "mirror.example/buildless:1"}\n' +
        'runtimes: {nodejs20: null, extra: {language: python, version: "3.13", image: "mirror.example/py:3.13", interpreter: /opt/py}}\n' +
        'only: {images: ["b:2", "a/x:*", "b:2"], exemptImages: [solver:1], exemptNamespaces: [tools]}\n',
    );
    const parameters = onlyParameters(configuration);
    expect(parameters).toMatchObject({
      toolkit: 'mirror.example/buildless:1\n',
      images: 'a/x:*\nb:2\n',
      'exempt-images': 'solver:1\n',
      'exempt-namespaces': 'tools\n',
    });
    expect(parameters.runtimes).toContain('\nmirror.example/py:3.13\n');
    expect(parameters.runtimes).not.toContain('node:20');
    expect(parameters.interpreters).toBe('/opt/py\nbun\nnode\npython\npython3\n');
  });

  it.each([
    ['*', 'write it as Pods do'],
    ['busybox*', 'write HOST/PATH before the "*"'],
    ['a/*/b', 'write it as Pods do'],
    ['a\nb', 'write it as Pods do'],
    ['', 'write it as Pods do'],
  ])('takes no entry %j', (entry, fix) => {
    const parsed = parseConfiguration(JSON.stringify({ only: { images: [entry] } }), 'config.yaml');
    expect(JSON.stringify(parsed)).toContain(JSON.stringify(fix).slice(1, -1));
  });
});

describe('the policies for namespaces of Functions only', () => {
  const policies = [ONLY_POLICY, ONLY_TEMPLATES_POLICY];
  const policy = (name: string): unknown => find(objects, 'ValidatingAdmissionPolicy', name);
  const binding = (name: string): unknown => find(objects, 'ValidatingAdmissionPolicyBinding', name);

  it.each(policies)('%s fails closed, without the lists as well', (name) => {
    expect(at(policy(name), 'spec', 'failurePolicy')).toBe('Fail');
    expect(at(binding(name), 'spec', 'paramRef')).toEqual({
      name: ONLY_CONFIG_MAP,
      namespace: INSTALL_NAMESPACE,
      parameterNotFoundAction: 'Deny',
    });
  });

  it('refuse Pods, and warn about workloads', () => {
    expect(at(binding(ONLY_POLICY), 'spec', 'validationActions')).toEqual(['Deny']);
    expect(at(binding(ONLY_TEMPLATES_POLICY), 'spec', 'validationActions')).toEqual(['Warn']);
  });

  it.each(policies)('%s concerns the namespaces labelled so, and no others', (name) => {
    expect(at(policy(name), 'spec', 'matchConstraints', 'namespaceSelector')).toEqual({
      matchExpressions: [
        { key: NAMESPACE_LABEL, operator: 'In', values: [NAMESPACE_ONLY] },
        {
          key: 'kubernetes.io/metadata.name',
          operator: 'NotIn',
          values: [INSTALL_NAMESPACE, 'kube-system', 'kube-public', 'kube-node-lease'],
        },
      ],
    });
  });

  it.each(policies)('%s knows no user, and no field but its own lists that exempts', (name) => {
    const text = JSON.stringify(at(policy(name), 'spec'));
    expect(text).not.toContain('userInfo');
    expect(listAt(policy(name), 'spec', 'matchConditions')[0]).toEqual({
      name: 'namespace-not-exempt',
      expression: "!(request.namespace in params.?data[?'exempt-namespaces'].orValue('').split('\\n'))",
    });
  });

  it('use the names that the code uses', () => {
    const text = JSON.stringify(at(policy(ONLY_POLICY), 'spec'));
    for (const name of [
      `'${FUNCTION_LABEL}' in`,
      `'${ANNOTATIONS.mode}'`,
      `c.name == '${INIT_CONTAINERS.prepare}'`,
      `c.name == '${INIT_CONTAINERS.install}'`,
      `[${PREPARE_COMMAND.map((word) => `'${word}'`).join(', ')}]`,
      `['${LANGUAGES.of('nodejs').installer}', '${LANGUAGES.of('python').installer}']`,
      `['${LANGUAGES.of('nodejs').server}', '${LANGUAGES.of('python').server}']`,
      `m.name == '${VOLUMES.app}'`,
      `m.mountPath == '${PATHS.root}'`,
      `c.?workingDir.orValue('') == '${PATHS.function}'`,
      [...LANGUAGES.of('nodejs').extensions, ...LANGUAGES.of('python').extensions]
        .map((each) => each.slice(1))
        .join('|'),
      ...Object.keys(onlyParameters(configured(''))).map((key) => `params.?data[?'${key}']`),
    ]) {
      expect(text).toContain(name);
    }
  });

  // Each of them has a clause of its own in the policy: what is added to a Pod has to be added there.
  it('know every container that an injection adds, and what it starts', () => {
    expect(Object.values(INIT_CONTAINERS)).toEqual(['buildless-prepare', 'buildless-install']);
    const folder = path.join(ROOT, 'test/golden');
    const goldens = readdirSync(folder).filter((name) => name.endsWith('.injected'));
    const added = goldens.flatMap((name) => addedTo(objectsOf(readFileSync(path.join(folder, name), 'utf8'))));
    const starts = new Set(added.map(({ name, command }) => `${String(name)}: ${JSON.stringify(command)}`));
    expect([...starts].sort()).toEqual([
      'buildless-install: ["node","/buildless/runtime/install.mjs"]',
      'buildless-install: ["python3","/buildless/runtime/install.py"]',
      `buildless-prepare: ${JSON.stringify(PREPARE_COMMAND)}`,
    ]);
  });

  it('say in each message how to fix it', () => {
    for (const validation of listAt(policy(ONLY_POLICY), 'spec', 'validations')) {
      expect(at(validation, 'reason')).toBe('Forbidden');
      expect(String(at(validation, 'message'))).toMatch(/; (add|remove|check|use) /);
    }
  });
});
