import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { stringify } from 'yaml';
import type { Configuration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { ONLY_CONFIG_MAP, CONFIG_MAP } from '../../src/installation/names.ts';
import { onlyParameters } from '../../src/installation/only-parameters.ts';
import { at, find } from '../installation/shipped.ts';
import { givenHelm, it, rendered, ROOT } from './helm.ts';

function parsed(text: string): Configuration {
  const loaded = parseConfiguration(text, 'config.yaml');
  if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
  return loaded.configuration;
}

const VERSION = at(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')), 'version');

/** What Buildless makes of the values; run from source it has another version, and so another image. */
function expected(configuration: { readonly toolkit?: object }): Configuration {
  const toolkit = { image: `ghcr.io/buildless-dev/toolkit:${String(VERSION)}`, ...configuration.toolkit };
  return parsed(stringify({ ...configuration, toolkit }));
}

/** Rows that a merge could get wrong. */
const CASES: Readonly<Record<string, object>> = {
  nothing: {},
  'zero, false-like and empty values': {
    dependencies: { floor: 'off', enforce: 'off', npmRegistries: [] },
    server: { env: { EMPTY: '' } },
    revisions: { history: 1 },
  },
  'one field of a shipped runtime': { runtimes: { nodejs22: { image: 'mirror.example/node:22.1.0' } } },
  'a runtime that is taken away, and one that is new': {
    runtimes: {
      nodejs20: null,
      python315: {
        language: 'python',
        version: '3.15',
        image: 'mirror.example/python:3.15.1',
        interpreter: 'python3.15',
      },
    },
  },
  'a quantity that is taken away': {
    profiles: { L: { limits: { cpu: null } } },
    toolkit: { resources: { limits: null } },
  },
  'large and small numbers': {
    server: { timeoutSeconds: 86400, bodyLimitMegabytes: 1024 },
    security: { runAsUser: 1000660000 },
  },
  'lists for namespaces of Functions only': {
    only: {
      images: ['z.example/*', 'a.example/x:1', 'a.example/x:1'],
      exemptImages: ['b.example/*'],
      exemptNamespaces: ['edge'],
    },
  },
  'an image of the toolkit of its own': { toolkit: { image: 'mirror.example/toolkit:9' } },
  'a registry for all images': {
    images: { registry: 'mirror.example:5000/path', pullSecrets: ['mirror'] },
    runtimes: {
      nodejs20: { image: 'node:20.1.0' },
      nodejs22: { image: 'mirror.example:5000/path/own/node:22.1.0' },
      nodejs24: { image: 'team/node:24.1.0' },
      python311: { image: 'localhost/python:3.11.1' },
      python312: { image: `registry.example:443/a.b/python@sha256:${'a'.repeat(64)}` },
    },
  },
  'a registry that is taken away': { images: { registry: null, pullSecrets: null } },
  'a key by its former name': { dependencies: { npmRegistries: ['https://npm.example/'] } },
  'template kinds': { templates: [{ group: 'apps.kruise.io', kind: 'CloneSet', path: 'spec.template' }] },
  'what Helm would take for a template': {
    server: { env: { GREETING: '{{ .Values.image.tag }} "quoted"\nand: a line' } },
  },
};

describe('the configuration in the values', () => {
  givenHelm();

  for (const [name, configuration] of Object.entries(CASES)) {
    it(`is laid over the defaults as Buildless does it: ${name}`, async () => {
      const objects = await rendered({ configuration });
      const text = String(at(find(objects, 'ConfigMap', CONFIG_MAP), 'data', 'config.yaml'));
      expect(parsed(text)).toEqual(expected(configuration));
    });

    it(`gives the lists for namespaces of Functions only: ${name}`, async () => {
      const data = at(find(await rendered({ configuration }), 'ConfigMap', ONLY_CONFIG_MAP), 'data');
      expect(data).toEqual(onlyParameters(expected(configuration)));
    });
  }

  it('names the registry and the Secrets of the configuration in our own Pods as well', async () => {
    const configuration = { images: { registry: 'mirror.example/path', pullSecrets: ['mirror', 'other'] } };
    const objects = await rendered({ configuration, image: { pullSecrets: [{ name: 'mirror' }] } });
    for (const name of ['buildless-webhook', 'buildless-control']) {
      const spec = at(find(objects, 'Deployment', name), 'spec', 'template', 'spec');
      expect(at(spec, 'containers', 0, 'image')).toBe(`mirror.example/path/buildless-dev/buildless:${String(VERSION)}`);
      expect(at(spec, 'imagePullSecrets')).toEqual([{ name: 'mirror' }, { name: 'other' }]);
    }
  });

  it('names the images of the release in Pods of Functions as in our own', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const cases = [
      [{ registry: 'mirror.example:5000/team' }, /^mirror\.example:5000\/team\/(buildless|toolkit):\d+\.\d+\.\d+$/],
      [{ tag: '9.9.9' }, /^ghcr\.io\/buildless-dev\/(buildless|toolkit):9\.9\.9$/],
      [
        { digests: { buildless: digest, toolkit: digest } },
        new RegExp(`^ghcr\\.io/buildless-dev/(buildless|toolkit)@${digest}$`),
      ],
    ] as const;
    for (const [image, reference] of cases) {
      const objects = await rendered({ image });
      const { toolkit } = parsed(String(at(find(objects, 'ConfigMap', CONFIG_MAP), 'data', 'config.yaml')));
      const deployment = find(objects, 'Deployment', 'buildless-webhook');
      const own = String(at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image'));
      expect(reference.exec(own)?.[1]).toBe('buildless');
      expect(reference.exec(toolkit.image)?.[1]).toBe('toolkit');
      expect(at(find(objects, 'ConfigMap', ONLY_CONFIG_MAP), 'data', 'toolkit')).toBe(`${toolkit.image}\n`);
    }
  });
});
