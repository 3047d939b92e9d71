/** What code scanning is sent, against the JSON schema of SARIF 2.1.0 that Microsoft publishes with @microsoft/jest-sarif. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { REFUSALS, WARNINGS } from '../../src/outcome/codes.ts';
import type { ReportedFinding } from '../../src/report/report.ts';
import { writeSarif } from '../../src/report/sarif.ts';
import { buildless } from '../cli/command.ts';

const SCHEMA = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
// Draft 4, of which it uses nothing that later drafts changed but these two fields.
const { $schema, id, ...schema } = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Readonly<Record<string, unknown>>;
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(
  schema,
);

const faultsOf = (log: unknown): unknown => (validate(log) ? [] : validate.errors);

/** https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
function requiredByCodeScanning({ version, $schema: address, runs }: Log): void {
  expect(version).toBe('2.1.0');
  expect(address).toMatch(/sarif-schema-2\.1\.0\.json$/);
  for (const { tool, results = [] } of runs) {
    expect(tool.driver.name).toBe('buildless');
    for (const rule of tool.driver.rules ?? [])
      expect(rule).toMatchObject({
        id: expect.any(String) as string,
        shortDescription: { text: expect.stringMatching(/\S/) as string },
        help: { text: expect.stringMatching(/\S/) as string },
      });
    for (const { message, locations = [], ruleId } of results) {
      expect(message.text).toMatch(/\S/);
      expect(ruleId).toMatch(/\S/);
      expect(locations[0]?.physicalLocation?.artifactLocation?.uri).toMatch(/^(?!\.|\/)\S+$/);
    }
  }
}

const logOf = (findings: readonly ReportedFinding[]): Log =>
  JSON.parse(writeSarif({ findings, judged: 1, files: [], skipped: [] }, '0.2.0')) as Log;

describe('a SARIF report is valid', () => {
  it.each([
    ['$schema of draft 4', $schema, 'http://json-schema.org/draft-04/schema#'],
    ['SARIF 2.1.0', String(id), expect.stringContaining('sarif-2.1.0') as string],
  ])('by a schema that knows what is wrong: %s', (_, found, wanted) => {
    expect(found).toEqual(wanted);
    expect(faultsOf({ version: '2.1.0', runs: [{ results: [{}] }] })).not.toEqual([]);
  });

  it('without any finding', () => {
    expect(faultsOf(logOf([]))).toEqual([]);
  });

  it('with every code that there is, wherever it is found', () => {
    const findings = Object.keys({ ...REFUSALS, ...WARNINGS }).flatMap((code): readonly ReportedFinding[] => {
      const finding = { code, problem: 'a "problem"', fix: 'a fix' };
      return [
        {
          ...finding,
          severity: 'error',
          file: './shop/my app.yaml',
          line: 3,
          column: 9,
          field: 'data[a]',
          object: 'ConfigMap a',
        },
        { ...finding, severity: 'warning', file: 'a.yaml', source: { file: 'package.json', line: 4 } },
        { ...finding, severity: 'error', file: 'a.yaml', line: 1, level: 'exact', package: 'ms', spec: '^2.0.0' },
      ];
    });
    const log = logOf(findings);
    expect(faultsOf(log)).toEqual([]);
    requiredByCodeScanning(log);
  });

  it('as the command prints it of a file and of a folder', async () => {
    for (const example of ['examples/floating', 'examples/hello-node']) {
      const { stdout } = await buildless(['validate', '-f', example, '--level', 'locked', '-o', 'sarif']);
      const log = JSON.parse(stdout) as Log;
      expect(faultsOf(log)).toEqual([]);
      expect(log.runs[0]?.results).not.toEqual([]);
      requiredByCodeScanning(log);
    }
  });
});
