import { describe, expect, it } from 'vitest';
import { writeJson } from '../../src/report/json.ts';
import { ordered, type Report, type ReportedFinding } from '../../src/report/report.ts';
import { writeSarif } from '../../src/report/sarif.ts';
import { writeText } from '../../src/report/text.ts';

const plain = (text: string): string => text;
const PLAIN = { red: plain, bold: plain, yellow: plain, dim: plain, green: plain };

const floating: ReportedFinding = {
  severity: 'error',
  code: 'dependencies-float',
  problem: '"axios" is "latest"',
  fix: 'write one version',
  file: './shop/my app.yaml',
  line: 15,
  column: 3,
  field: 'data[package.json]',
  object: 'ConfigMap hello',
  source: { file: 'package.json', line: 4 },
  level: 'no-latest',
  package: 'axios',
  spec: 'latest',
};
const stray: ReportedFinding = {
  severity: 'warning',
  code: 'unknown-key',
  problem: 'odd',
  fix: 'remove it',
  file: 'a.yaml',
};
const reportOf = (...findings: readonly ReportedFinding[]): Report => ({
  findings,
  judged: 2,
  files: ['a.yaml'],
  skipped: [],
});

describe('findings', () => {
  it('come once, in the order of files and lines, an error rather than a warning', () => {
    const later = { ...floating, line: 20 };
    const asWarning = { ...floating, severity: 'warning' as const };
    expect(ordered([stray, later, asWarning, floating, floating])).toEqual([floating, later, stray]);
  });
});

describe('a report as text', () => {
  it('has a place that editors can jump to, the place in the source, and a count', () => {
    expect(writeText(reportOf(floating, stray), PLAIN)).toBe(
      [
        './shop/my app.yaml:15:3: error: package.json:4: "axios" is "latest" [dependencies-float, no-latest]',
        '    write one version',
        'a.yaml: warning: odd [unknown-key]',
        '    remove it',
        '1 error, 1 warning; 2 Functions in 1 file looked at.',
        '',
      ].join('\n'),
    );
  });

  it('shows control characters of strangers instead of sending them to the terminal', () => {
    expect(writeText(reportOf({ ...stray, problem: 'odd\u001b[2J' }), PLAIN)).not.toContain('\u001b');
  });

  it('names the first files that are not manifests', () => {
    const skipped = ['1', '2', '3', '4', '5', '6', '7'];
    expect(writeText({ ...reportOf(), skipped }, PLAIN)).toBe(
      'Nothing found; 2 Functions in 1 file looked at.\nSkipped 7 files that are not manifests: 1, 2, 3, 4, 5, 2 more\n',
    );
  });
});

describe('a report for programs', () => {
  it('is JSON with the findings and their count', () => {
    expect(JSON.parse(writeJson(reportOf(floating, stray)))).toEqual({
      findings: [floating, stray],
      summary: { errors: 1, warnings: 1, notes: 0, judged: 2, files: ['a.yaml'], skipped: [] },
    });
  });

  it('is SARIF with a rule for each code, and addresses that are escaped', () => {
    const log: unknown = JSON.parse(writeSarif(reportOf(floating, stray, floating), '1.2.3'));
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { semanticVersion: '1.2.3', rules: [{ id: 'dependencies-float' }, { id: 'unknown-key' }] } },
          results: [
            {
              ruleIndex: 0,
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'shop/my%20app.yaml' },
                    region: { startLine: 15, startColumn: 3 },
                  },
                  logicalLocations: [{ fullyQualifiedName: 'ConfigMap hello: data[package.json]' }],
                },
              ],
              properties: { level: 'no-latest', package: 'axios' },
            },
            { ruleIndex: 1, level: 'warning' },
            { ruleIndex: 0 },
          ],
        },
      ],
    });
  });
});

describe('an exception that is used', () => {
  const exception = {
    namespace: 'shop',
    function: 'pay',
    package: 'axios',
    code: 'dependencies-float',
    reason: 'TICKET-12',
    until: '2027-01-31',
  } as const;
  const used: ReportedFinding = {
    severity: 'note',
    code: 'exception-used',
    problem: 'excepted until 2027-01-31 (TICKET-12): "axios" is "latest" [dependencies-float]',
    fix: 'before then: write one version',
    file: 'shop.yaml',
    line: 4,
    package: 'axios',
    exception,
  };

  it('is a note, and counted apart from warnings', () => {
    const text = writeText(reportOf(used), PLAIN);
    expect(text).toContain('shop.yaml:4: note: excepted until 2027-01-31 (TICKET-12): "axios" is "latest"');
    expect(text).toContain('0 errors, 0 warnings, 1 exception used; ');
    expect(JSON.parse(writeJson(reportOf(used)))).toMatchObject({
      findings: [{ severity: 'note', exception }],
      summary: { errors: 0, warnings: 0, notes: 1 },
    });
  });

  it('is a suppressed result in SARIF, with its reason', () => {
    expect(JSON.parse(writeSarif(reportOf(used), '1.0.0'))).toMatchObject({
      runs: [
        {
          results: [
            {
              level: 'note',
              suppressions: [{ kind: 'external', status: 'accepted', justification: 'TICKET-12' }],
            },
          ],
        },
      ],
    });
  });
});
