import { describe, expect, it } from 'vitest';
import { deniedFinding } from '../../src/denied/finding.ts';
import { REPORT_KINDS } from '../../src/policy-report/kinds.ts';
import { reportObject, reportOf } from '../../src/policy-report/report.ts';
import { plainResult, resultOf, type Judged, type Result } from '../../src/policy-report/result.ts';
import { contentHash, timesOf } from '../../src/policy-report/stored.ts';

const judgedOf = (name: string): Judged => ({
  subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name, uid: `uid-of-${name}` },
  function: name,
});
const float = { code: 'dependencies-float', file: 'package.json', line: 3, problem: 'it floats', fix: 'pin it' };
const fail = (name: string, more: object = {}): Result => resultOf({ ...float, ...more }, 'fail', judgedOf(name));
const warn = (name: string): Result => resultOf(float, 'warn', judgedOf(name));
const pass = (name: string): Result => plainResult('pass', 'dependencies', 'nothing', judgedOf(name));
const at = (seconds: number) => () => ({ seconds, nanos: 0 });

describe('a result', () => {
  it('has the message with its cure, the workload, and package and path as properties', () => {
    const denied = { name: 'axios', version: '1.14.1', path: 'package.json > axios@1.14.1', reason: 'steals tokens' };
    expect(resultOf(deniedFinding(denied), 'fail', { ...judgedOf('pay'), where: 'running Pods' })).toEqual({
      source: 'buildless',
      category: 'Supply chain',
      policy: 'denied-versions',
      rule: 'dependency-denied',
      severity: 'critical',
      result: 'fail',
      scored: true,
      message:
        'package.json: "axios" 1.14.1 is denied in this cluster (steals tokens); it comes with package.json > axios@1.14.1; take another version, and lock it again ("buildless lock --refresh") [dependency-denied]',
      resources: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'pay', uid: 'uid-of-pay' }],
      properties: {
        function: 'pay',
        where: 'running Pods',
        package: 'axios',
        version: '1.14.1',
        path: 'package.json > axios@1.14.1',
        file: 'package.json',
      },
    });
  });

  it.each([
    ['dependencies-float', 'dependencies', 'medium'],
    ['credential-in-source', 'dependencies', 'high'],
    ['dependency-denied', 'denied-versions', 'critical'],
    ['release-too-young', 'release-age', 'medium'],
    ['release-changed', 'release-age', 'critical'],
    ['release-age-unchecked', 'release-age', 'medium'],
    ['provenance-lost', 'provenance', 'medium'],
    ['licence-refused', 'licences', 'medium'],
    ['a-code-of-later', 'dependencies', 'medium'],
  ])('of %s is of the policy %s, with the severity %s', (code, policy, severity) => {
    expect(fail('a', { code })).toMatchObject({ rule: code, policy, severity });
  });

  it('of an exception says who answers for it, until when, under the policy of what it excepts', () => {
    const exception = { code: 'release-too-young', reason: 'TICKET-12', until: '2027-01-31' };
    const finding = { code: 'exception-used', package: 'left', problem: 'excepted', fix: 'wait', exception };
    expect(resultOf(finding, 'skip', judgedOf('a'))).toMatchObject({
      ...{ policy: 'release-age', rule: 'exception-used', result: 'skip', severity: 'info', scored: false },
      properties: { function: 'a', package: 'left', reason: 'TICKET-12', until: '2027-01-31' },
    });
  });

  it('is bounded, and shows no control character', () => {
    const { message, properties } = fail('a', { problem: `\u202e${'😀'.repeat(5000)}`, package: '\n'.repeat(5000) });
    expect(message.length).toBeLessThanOrEqual(1000);
    expect(message).toMatch(/^package\.json:3: \\u202e😀+\.\.\.$/u);
    expect(properties?.package?.length).toBeLessThanOrEqual(250);
    expect(properties?.package).toMatch(/^\\u000a/);
  });
});

describe('a report', () => {
  it('is the same whatever order the results come in, the worst first', () => {
    const results = [pass('c'), warn('b'), fail('z'), fail('a')];
    const report = reportOf('shop', results);
    expect(reportOf('shop', results.reverse())).toEqual(report);
    expect(report.results.map(({ result, resources }) => `${result} ${resources[0]?.name ?? ''}`)).toEqual([
      'fail a',
      'fail z',
      'warn b',
      'pass c',
    ]);
    expect(report.summary).toEqual({ pass: 1, fail: 2, warn: 1, error: 0, skip: 0 });
  });

  it('lists as many results as there is room for, counts the others, and says so', () => {
    const results = [pass('a'), pass('b'), pass('c'), fail('z')];
    for (const bounds of [{ mostResults: 2 }, { mostBytes: 900 }]) {
      const report = reportOf('shop', results, bounds);
      expect(report.results.map(({ rule, result }) => `${result} ${rule}`)).toEqual([
        'fail dependencies-float',
        'pass dependencies',
        'skip results-left-out',
      ]);
      expect(report.results[2]?.message).toContain('2 further results are counted in the summary and not listed');
      expect(report.summary).toEqual({ pass: 3, fail: 1, warn: 0, error: 0, skip: 1 });
    }
  });

  it('of 5,000 Functions with the longest messages stays below 1 MiB', () => {
    const long = '😀'.repeat(1000);
    const more = { problem: long, package: long, spec: long, path: long, version: long };
    const results = Array.from({ length: 5000 }, (_, index) => fail(`function-${index}`, more));
    const [kind] = REPORT_KINDS;
    if (kind === undefined) throw new Error('no kind');
    const object = reportObject(reportOf('shop', results), kind, at(1_790_000_000));
    expect(Buffer.byteLength(JSON.stringify(object))).toBeLessThan(1024 * 1024);
  });

  it.each(REPORT_KINDS)('is of the kind $kind of $apiVersion, for the namespace', (kind) => {
    const owner = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'x', uid: 'u' };
    expect(reportObject(reportOf('shop', [pass('a')]), kind, at(7), owner)).toEqual({
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: {
        name: 'buildless',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'buildless' },
        ownerReferences: [owner],
      },
      ...(kind.group === 'openreports.io' && { source: 'buildless' }),
      scope: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
      summary: { pass: 1, fail: 0, warn: 0, error: 0, skip: 0 },
      results: [{ ...pass('a'), timestamp: { seconds: 7, nanos: 0 } }],
    });
  });
});

describe('a report of the API server', () => {
  const [kind] = REPORT_KINDS;
  if (kind === undefined) throw new Error('no kind');
  const objectOf = (results: readonly Result[], seconds: number): object =>
    reportObject(reportOf('shop', results), kind, at(seconds));

  it('says the same whenever its results were found, whatever the order of keys and whoever owns it', () => {
    const object = objectOf([fail('a'), pass('b')], 1);
    const backwards = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(backwards)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, each]) => [key, backwards(each)]),
            )
          : value;
    const later = { ...(backwards(objectOf([fail('a'), pass('b')], 2)) as object), metadata: {} };
    expect(contentHash(later)).toBe(contentHash(object));
  });

  it('says something else if any field of a result, the summary or the scope differs', () => {
    const object = objectOf([fail('a')], 1);
    const others = [
      objectOf([warn('a')], 1),
      objectOf([fail('b')], 1),
      objectOf([fail('a'), pass('a')], 1),
      objectOf([fail('a', { package: 'left' })], 1),
      { ...object, summary: {} },
      { ...object, scope: {} },
      { ...object, results: undefined },
      {},
    ];
    for (const other of others) expect(contentHash(other)).not.toBe(contentHash(object));
  });

  it('gives the times of its results, and none for what is not a time', () => {
    expect([...timesOf(objectOf([fail('a'), pass('b')], 5)).values()]).toEqual([
      { seconds: 5, nanos: 0 },
      { seconds: 5, nanos: 0 },
    ]);
    for (const results of [undefined, 'x', [1, null, { timestamp: 1 }, { timestamp: { seconds: '1', nanos: 0 } }]]) {
      expect(timesOf({ results }).size).toBe(0);
    }
  });
});
