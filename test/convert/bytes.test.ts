import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { convertFunction } from '../../src/convert/convert.ts';
import { parseKymaFunction } from '../../src/convert/kyma-function.ts';
import { writeCommented } from '../../src/manifests/commented.ts';
import { parseManifests } from '../../src/manifests/documents.ts';
import { isObject } from '../../src/kubernetes/object.ts';

function converted(runtime: string, source: string, dependencies?: string): string {
  const parsed = parseKymaFunction({
    metadata: { name: 'hello' },
    spec: { runtime, source: { inline: { source, ...(dependencies !== undefined && { dependencies }) } } },
  });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const conversion = convertFunction(parsed.kyma, { takenConfigMaps: new Set() });
  if (conversion.outcome === 'refused') throw new Error(JSON.stringify(conversion.refusals));
  return writeCommented(conversion.objects);
}

/** What kubectl would send. */
function dataOf(yaml: string): Readonly<Record<string, unknown>> {
  const parsed = parseManifests(yaml, 'converted.yaml');
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  const data = parsed.documents[0]?.object.data;
  return isObject(data) ? data : {};
}

const startsWith =
  (start: string) =>
  (value: unknown): boolean =>
    typeof value === 'string' && value.startsWith(start);

describe('code and dependencies', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }).filter((value) => !/[\uD800-\uDFFF]/u.test(value)),
    fc
      .array(
        fc.constantFrom(' ', '\t', '\n', '\r\n', '#', '"', "'", '\\n', ': ', '- ', '---', '|', 'x', '\u2028', '\uFEFF'),
        {
          minLength: 1,
        },
      )
      .map((parts) => parts.join('')),
  );

  it('come out byte for byte, whatever they hold', () => {
    fc.assert(
      fc.property(text, text, (code, requirements) => {
        const yaml = converted('python312', code, requirements);
        const data = dataOf(yaml);
        expect(data['handler.py']).toBe(code);
        // What the code imports undeclared may stand behind them.
        if (requirements.trim() !== '') expect(data['requirements.txt']).toSatisfy(startsWith(requirements));
        // Readers of YAML 1.2 see the same.
        expect(parseAllDocuments(yaml)[0]?.toJS()).toMatchObject({ data });
      }),
      { numRuns: 500 },
    );
  });

  it.each([' \n', '  \n \n', '\n', ' ', '\t\n'])('come out where they are nothing but space: %j', (code) => {
    expect(dataOf(converted('python312', code, '\u0000'))['handler.py']).toBe(code);
  });

  it('is a block that a person can read where it is ordinary code', () => {
    const code = "const x = 1;\n\nmodule.exports = {\n  main: () => 'a: b # c',\n};\n";
    expect(converted('nodejs22', code)).toContain('  handler.js: |\n    const x = 1;\n\n    module.exports');
  });
});
