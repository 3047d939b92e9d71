/**
 * Static Analysis Results Interchange Format 2.1.0, which code hosts show beside the lines of a pull request.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import type { Log, PhysicalLocation, ReportingDescriptor, Result } from 'sarif';
import { REFUSALS, WARNINGS, type OutcomeDescription } from '../outcome/codes.ts';
import type { Report, ReportedFinding } from './report.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** @param version of Buildless */
export function writeSarif({ findings }: Report, version: string): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'buildless', semanticVersion: version, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, codes)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const DESCRIPTIONS: Readonly<Record<string, OutcomeDescription>> = { ...WARNINGS, ...REFUSALS };

function ruleOf(code: string): ReportingDescriptor {
  const description = DESCRIPTIONS[code];
  if (description === undefined) return { id: code };
  return { id: code, shortDescription: { text: description.cause }, help: { text: description.cure } };
}

function resultOf(finding: ReportedFinding, codes: readonly string[]): Result {
  const { code, severity, problem, fix, field, object, exception } = finding;
  const name = [object, field].filter((part) => part !== undefined).join(': ');
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: `${problem}; ${fix}` },
    ...(exception !== undefined && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: exception.reason }],
    }),
    locations: [
      {
        physicalLocation: physicalOf(finding),
        ...(name !== '' && { logicalLocations: [{ fullyQualifiedName: name }] }),
      },
    ],
    ...(finding.level !== undefined && {
      properties: { level: finding.level, package: finding.package, spec: finding.spec },
    }),
  };
}

function physicalOf({ file, line, column }: ReportedFinding): PhysicalLocation {
  return {
    artifactLocation: { uri: uriOf(file) },
    ...(line !== undefined && { region: { startLine: line, ...(column !== undefined && { startColumn: column }) } }),
  };
}

/** Relative paths are relative to where the command ran, which in a pipeline is the repository's root. */
function uriOf(file: string): string {
  const path = file
    .replace(/^(\.\/)+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}
