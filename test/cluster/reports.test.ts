import { afterAll, describe, expect } from 'vitest';
import { REPORT_LABELS, REPORT_NAME, reportsPathIn } from '../../src/policy-report/kinds.ts';
import { reportObject, reportOf } from '../../src/policy-report/report.ts';
import { plainResult, resultOf, type Outcome } from '../../src/policy-report/result.ts';
import { contentHash } from '../../src/policy-report/stored.ts';
import { installController, startController } from './controller.ts';
import { deployment, functionPod, source } from './functions.ts';
import { cluster, eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectl, kubectlOk } from './kubectl.ts';
import { defineReleased, defineReports, kindOf, removeDefinition, type ReportGroup } from './report-definitions.ts';
import { answering, edit } from './revisions.ts';

interface Shown {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string; readonly labels: object };
  readonly summary: Readonly<Record<Outcome, number>>;
  readonly results: readonly {
    readonly rule: string;
    readonly result: Outcome;
    readonly policy: string;
    readonly severity?: string;
    readonly message: string;
    readonly resources: readonly { readonly kind: string; readonly name: string; readonly uid?: string }[];
    readonly properties?: Readonly<Record<string, string>>;
    readonly timestamp: { readonly seconds: number; readonly nanos: number };
  }[];
}

const PATIENCE = 120_000;
/** Locks come from authors: no resolver runs here. */
const AUTHOR = 'revisions: { locks: author }\n';
const LOCKED = { 'package.json': '{}' };
const FLOATING = { 'package.json': '{ "dependencies": { "left": "^1.0.0" } }' };
const AXIOS = { 'package.json': '{ "dependencies": { "axios": "1.14.1" } }' };

const DENIED = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'incident', labels: { 'buildless.dev/denied': 'incident' } },
  data: { 'denied.yaml': 'dependencies: { denied: { nodejs: [{ name: axios, reason: steals tokens }] } }' },
};

async function reportIn(namespace: string, group: ReportGroup = 'wgpolicyk8s.io'): Promise<Shown | undefined> {
  const { resource } = kindOf(group);
  const { status, stdout } = await kubectl(['get', `${resource}.${group}`, REPORT_NAME, '-n', namespace, '-o', 'json']);
  return status === 0 ? (JSON.parse(stdout) as Shown) : undefined;
}

/** The report, as soon as it is good. */
async function report(namespace: string, isGood: (report: Shown) => boolean, group?: ReportGroup): Promise<Shown> {
  const found = await eventually(
    () => reportIn(namespace, group),
    (each) => each !== undefined && isGood(each),
    PATIENCE,
  );
  if (found === undefined) throw new Error('no report');
  return found;
}

const gone = (namespace: string, group?: ReportGroup): Promise<unknown> =>
  eventually(
    () => reportIn(namespace, group),
    (found) => found === undefined,
    PATIENCE,
  );

const rulesOf = ({ results }: Shown): readonly string[] =>
  results.map(({ rule, result, resources }) => `${resources[0]?.name ?? ''} ${result} ${rule}`);
const says = (...lines: readonly string[]): ((report: Shown) => boolean) => {
  const wanted = JSON.stringify([...lines].sort());
  return (shown) => JSON.stringify([...rulesOf(shown)].sort()) === wanted;
};

/** ConfigMap and Deployment of a Function. */
async function apply(namespace: string, name: string, files: Readonly<Record<string, string>>): Promise<void> {
  await kubectlOk(['apply', '-n', namespace, '-f', '-'], source(name, files));
  await kubectlOk(['apply', '-n', namespace, '-f', '-'], deployment(name, 0));
}

/** An edit counts from then on. */
const followed = (namespace: string, name: string): Promise<unknown> =>
  eventually(
    () => kubectlOk(['get', 'deployment', name, '-n', namespace, '-o', 'jsonpath={.metadata.labels}']),
    (labels) => labels.includes('buildless.dev/followed'),
    PATIENCE,
  );

const label = (namespace: string, ...labels: readonly string[]): Promise<string> =>
  kubectlOk(['label', 'namespace', namespace, '--overwrite', ...labels]);
const EXACT = 'buildless.dev/dependencies-enforce=exact';

describe('the report of a namespace', () => {
  const opened = given(async () => {
    await defineReports('wgpolicyk8s.io');
    const controller = await installController({ configuration: AUTHOR, leaseSeconds: 3 });
    return {
      value: controller.value,
      async close() {
        await controller.close();
        await removeDefinition('wgpolicyk8s.io');
        await removeDefinition('openreports.io');
      },
    };
  });

  it('says of each Function what would be refused and what is warned of, as labels of the namespace have it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, 'good', LOCKED);
    await apply(namespace, 'floats', FLOATING);
    const first = await report(namespace, says('good pass dependencies', 'floats warn dependencies-float'));
    expect(first.summary).toEqual({ pass: 1, fail: 0, warn: 1, error: 0, skip: 0 });
    expect(first.metadata.labels).toEqual(REPORT_LABELS);
    const [warning] = first.results;
    expect(warning).toMatchObject({
      policy: 'dependencies',
      severity: 'low',
      properties: { function: 'floats', package: 'left', spec: '^1.0.0', level: 'exact', file: 'package.json' },
      resources: [{ kind: 'Deployment', name: 'floats' }],
    });
    expect(warning?.message).toContain('[dependencies-float]');
    expect(warning?.resources[0]?.uid).toMatch(/^[0-9a-f-]{36}$/);
    const table = await kubectlOk(['get', 'policyreports', '-n', namespace]);
    expect(table.split('\n')[1]).toMatch(/^buildless +1 +0 +1 +0 +0/);

    await label(namespace, EXACT);
    const strict = await report(namespace, says('good pass dependencies', 'floats fail dependencies-float'));
    expect(strict.summary).toMatchObject({ pass: 1, fail: 1, warn: 0 });
    // What did not change keeps its time.
    const timeOf = (shown: Shown): unknown => shown.results.find(({ result }) => result === 'pass')?.timestamp;
    expect(timeOf(strict)).toEqual(timeOf(first));

    await label(namespace, 'buildless.dev/dependencies-enforce=off', 'buildless.dev/dependencies-warn=off');
    await label(namespace, 'buildless.dev/dependencies-audit=off');
    await report(namespace, says('good pass dependencies', 'floats pass dependencies'));
    await label(namespace, 'buildless.dev/dependencies-audit=lax');
    await report(namespace, (shown) => rulesOf(shown).includes(`${namespace} warn unknown-policy-level`));
  });

  it('follows the list of denied versions, at every level, with the path', async () => {
    const namespace = await createNamespace({ ...OPTED_IN, 'buildless.dev/dependencies-enforce': 'off' });
    await apply(namespace, 'pay', { ...AXIOS });
    await report(namespace, ({ summary }) => summary.fail === 0);
    await kubectlOk(['apply', '-n', opened().namespace, '-f', '-'], DENIED);
    const found = await report(namespace, ({ summary }) => summary.fail === 1);
    expect(found.results[0]).toMatchObject({
      policy: 'denied-versions',
      rule: 'dependency-denied',
      severity: 'critical',
      properties: { package: 'axios', version: '1.14.1', path: 'package.json > axios@1.14.1' },
    });
    await kubectlOk(['delete', 'configmap', 'incident', '-n', opened().namespace]);
    await report(namespace, ({ summary }) => summary.fail === 0);
  });

  it('names what is excepted, as long as the configuration has the exception', async () => {
    const namespace = await createNamespace({ ...OPTED_IN, 'buildless.dev/dependencies-enforce': 'exact' });
    await apply(namespace, 'shop', FLOATING);
    await report(namespace, says('shop fail dependencies-float'));
    const exception = { namespace, function: 'shop', package: 'left', code: 'dependencies-float', reason: 'TICKET-12' };
    const dependencies = { exceptions: [{ ...exception, until: '2999-12-31' }] };
    opened()
      .controller()
      .configure(JSON.stringify({ revisions: { locks: 'author' }, dependencies }));
    const excepted = await report(namespace, says('shop skip exception-used'));
    expect(excepted.results[0]?.properties).toMatchObject({
      package: 'left',
      reason: 'TICKET-12',
      until: '2999-12-31',
    });
    opened().controller().configure(AUTHOR);
    await report(namespace, says('shop fail dependencies-float'));
  });

  it('is about older Pods as well, as long as they run', async () => {
    const namespace = await createNamespace({ ...OPTED_IN, 'buildless.dev/dependencies-enforce': 'off' });
    const stamp = (): Promise<string> =>
      kubectlOk([
        ...['get', 'deployment', 'pay', '-n', namespace],
        ...['-o', 'jsonpath={.spec.template.metadata.annotations.buildless\\.dev/revision}'],
      ]);
    await apply(namespace, 'pay', LOCKED);
    await followed(namespace, 'pay');
    await report(namespace, ({ summary }) => summary.fail === 0);
    await edit(namespace, 'pay', { ...answering('old'), ...AXIOS });
    const old = await eventually(stamp, (text) => text !== '', PATIENCE);
    const uid = await kubectlOk(['get', 'deployment', 'pay', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);
    const pod = functionPod('pay', { annotations: { 'buildless.dev/revision': old } });
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'pay', uid, controller: true };
    await kubectlOk(['create', '-n', namespace, '-f', '-'], {
      ...pod,
      metadata: { ...pod.metadata, ownerReferences: [owner] },
    });
    await edit(namespace, 'pay', answering('new'));
    await eventually(stamp, (text) => text !== old, PATIENCE);
    await kubectlOk(['apply', '-n', opened().namespace, '-f', '-'], DENIED);
    const found = await report(namespace, ({ summary }) => summary.fail === 1);
    expect(found.results[0]?.properties).toMatchObject({ where: 'running Pods', package: 'axios' });
    await kubectlOk(['delete', 'pod', 'pay', '-n', namespace, '--now']);
    await report(namespace, ({ summary }) => summary.fail === 0);
    await kubectlOk(['delete', 'configmap', 'incident', '-n', opened().namespace]);
  });

  it('follows edits of a source, also one that is refused, and names a source that is missing', async () => {
    const namespace = await createNamespace({ ...OPTED_IN, 'buildless.dev/dependencies-enforce': 'exact' });
    await apply(namespace, 'shop', LOCKED);
    await report(namespace, says('shop pass dependencies'));
    await followed(namespace, 'shop');
    await edit(namespace, 'shop', answering('two'));
    await eventually(
      () => kubectlOk(['get', 'deployment', 'shop', '-n', namespace, '-o', 'jsonpath={.spec.template.metadata}']),
      (template) => template.includes('buildless.dev/revision'),
      PATIENCE,
    );
    await edit(namespace, 'shop', { ...answering('three'), ...FLOATING });
    const refused = await report(namespace, says('shop fail dependencies-float'));
    expect(refused.results[0]?.properties).toMatchObject({ where: 'edited source', package: 'left' });
    await edit(namespace, 'shop', answering('four'));
    await report(namespace, says('shop pass dependencies'));
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], deployment('lost', 0));
    const lost = await report(namespace, says('shop pass dependencies', 'lost error source-not-found'));
    expect(lost.summary).toEqual({ pass: 1, fail: 0, warn: 0, error: 1, skip: 0 });
  });

  it('goes with the last Function, with the label of the namespace, and comes again', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, 'one', LOCKED);
    await apply(namespace, 'two', LOCKED);
    await report(namespace, ({ summary }) => summary.pass === 2);
    await kubectlOk(['delete', 'deployment', 'one', '-n', namespace]);
    await report(namespace, says('two pass dependencies'));
    await label(namespace, 'buildless.dev/functions-');
    await gone(namespace);
    await label(namespace, 'buildless.dev/functions=enabled');
    await report(namespace, says('two pass dependencies'));
    await kubectlOk(['delete', 'deployment', 'two', '-n', namespace]);
    await gone(namespace);
  });

  it('is written by the leader only, survives its end, and is not written again if it says the same', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, 'calm', LOCKED);
    const before = await report(namespace, says('calm pass dependencies'));
    const other = await startController({
      namespace: opened().namespace,
      configuration: AUTHOR,
    });
    try {
      expect((await other.metrics()).sum('buildless_control_leader')).toBe(0);
      await opened().controller().kill();
      await eventually(
        () => other.metrics(),
        (metrics) => metrics.sum('buildless_control_reports') > 0,
        PATIENCE,
      );
      await label(namespace, 'example.com/team=shop');
      // A Function after it: the first one was looked at again by then.
      await apply(namespace, 'next', LOCKED);
      const after = await report(namespace, ({ summary }) => summary.pass === 2);
      expect(after.metadata.uid).toBe(before.metadata.uid);
      expect(after.results.find(({ resources }) => resources[0]?.name === 'calm')).toEqual(before.results[0]);
      const settled = await other.metrics();
      await label(namespace, 'example.com/team=pay');
      const calm = await createNamespace(OPTED_IN);
      await apply(calm, 'later', LOCKED);
      await report(calm, says('later pass dependencies'));
      expect((await reportIn(namespace))?.metadata.resourceVersion).toBe(after.metadata.resourceVersion);
      expect(settled.sum('buildless_control_reports_total', { outcome: 'failed' })).toBe(0);
    } finally {
      await other.stop();
    }
    await opened().start();
    await opened().controller().untilLeading();
  });

  it('is corrected when somebody edits or deletes it, and leaves one of somebody else alone', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const foreign = await createNamespace(OPTED_IN);
    const { apiVersion, kind } = kindOf('wgpolicyk8s.io');
    await kubectlOk(['create', '-n', foreign, '-f', '-'], { apiVersion, kind, metadata: { name: REPORT_NAME } });
    await apply(namespace, 'mine', LOCKED);
    await apply(foreign, 'mine', LOCKED);
    const right = await report(namespace, says('mine pass dependencies'));
    const forged = '{"summary":{"pass":9}}';
    await kubectlOk(['patch', 'policyreport', REPORT_NAME, '-n', namespace, '--type=merge', '-p', forged]);
    await report(namespace, ({ summary }) => summary.pass === 1);
    await kubectlOk(['delete', 'policyreport', REPORT_NAME, '-n', namespace]);
    const again = await report(namespace, says('mine pass dependencies'));
    expect(again.metadata.uid).not.toBe(right.metadata.uid);
    expect(await reportIn(foreign)).not.toHaveProperty('results');
  });

  it('moves to openreports.io once the cluster has it, and back', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, 'moves', LOCKED);
    await report(namespace, says('moves pass dependencies'));
    await defineReports('openreports.io');
    const moved = await report(namespace, says('moves pass dependencies'), 'openreports.io');
    expect(moved).toMatchObject({ source: 'buildless' });
    await gone(namespace);
    await removeDefinition('openreports.io');
    await report(namespace, says('moves pass dependencies'));
    expect((await opened().controller().metrics()).sum('buildless_control_leader')).toBe(1);
  });
});

describe('the API of reports, as its project released it,', () => {
  const finding = { code: 'dependency-denied', file: 'package.json', line: 3, problem: 'denied', fix: 'take another' };

  for (const group of ['openreports.io', 'wgpolicyk8s.io'] as const) {
    afterAll(async () => {
      try {
        cluster();
      } catch {
        return;
      }
      await removeDefinition(group);
    });

    it(`takes our reports to the last field: ${group}`, async (context) => {
      await removeDefinition(group);
      const reason = await defineReleased(group);
      if (reason !== undefined) context.skip(reason);
      const namespace = await createNamespace();
      const subject = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'shop', uid: 'u' };
      const judged = { subject, function: 'shop', where: 'edited source' };
      const made = reportOf(namespace, [
        resultOf({ ...finding, package: 'axios', version: '1.0.0', path: 'a > b', level: 'exact' }, 'fail', judged),
        resultOf({ code: 'credential-in-source', problem: 'p', fix: 'f' }, 'fail', judged),
        resultOf({ code: 'dependencies-float', problem: 'p', fix: 'f' }, 'warn', judged),
        plainResult('pass', 'dependencies', 'nothing', judged),
        plainResult('skip', 'source-not-read', 'nobody knows', judged),
        plainResult('error', 'source-not-found', 'missing', judged),
      ]);
      const kind = kindOf(group);
      const body = reportObject(made, kind, () => ({ seconds: 1_790_000_000, nanos: 0 }));
      const path = `${reportsPathIn(kind, namespace)}?fieldValidation=Strict`;
      const stored: unknown = JSON.parse(await kubectlOk(['create', '--raw', path, '-f', '-'], body));
      // Nothing was left out.
      expect(contentHash(stored as object)).toBe(contentHash(body));
    });
  }
});
