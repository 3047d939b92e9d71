import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
// eslint-disable-next-line no-restricted-imports -- the address that ajv documents for this draft
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { annotationsSchema, configurationSchema } from '../../src/config/json-schema.ts';
import { isObject } from '../../src/kubernetes/object.ts';
import { findTemplates } from '../../src/manifests/templates.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const ajv = new Ajv2020({ strict: false });

describe('the JSON Schema of the configuration', () => {
  const validate = ajv.compile(configurationSchema());

  it('takes the configuration that is shipped', () => {
    expect(validate(parse(read('deploy/base/config.yaml'))), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(['mod: disabled', 'dependencies: { enforce: strict }', 'install: { timeoutSeconds: many }'])(
    'marks the mistake in %s',
    (text) => {
      expect(validate(parse(text))).toBe(false);
    },
  );
});

describe('the JSON Schema of labels and annotations', () => {
  const validate = ajv.compile(annotationsSchema());
  const templates = readdirSync(path.join(root, 'test/golden'))
    .filter((file) => file.endsWith('.yaml') && !file.startsWith('refused-') && !file.startsWith('skipped-'))
    .flatMap((file) => {
      const objects = parseAllDocuments(read(`test/golden/${file}`), { logLevel: 'silent' })
        .map((document) => {
          const object: unknown = document.toJS();
          return object;
        })
        .filter(isObject);
      return objects.flatMap(findTemplates).map(({ template }) => ({ file, metadata: template.metadata }));
    })
    .filter(
      ({ metadata }) => isObject(metadata) && isObject(metadata.labels) && 'buildless.dev/function' in metadata.labels,
    );

  it('takes every Function of the goldens that is injected', () => {
    expect(templates.length).toBeGreaterThan(20);
    const wrong = templates.flatMap(({ file, metadata }) =>
      validate(metadata) ? [] : [`${file}: ${ajv.errorsText(validate.errors)}`],
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    { labels: { 'buildless.dev/function': 'Not A Name' }, annotations: { 'buildless.dev/runtime': 'nodejs22' } },
    { labels: { 'buildless.dev/function': 'hello' }, annotations: {} },
    {
      labels: { 'buildless.dev/function': 'hello' },
      annotations: { 'buildless.dev/runtime': 'nodejs22', 'buildless.dev/install-scripts': 'yes' },
    },
  ])('marks the mistake in %j', (metadata) => {
    expect(validate(metadata)).toBe(false);
  });
});
