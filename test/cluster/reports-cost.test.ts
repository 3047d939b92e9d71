import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { DENIED_LABEL } from '../../src/function/keys.ts';
import { REPORT_NAME } from '../../src/policy-report/kinds.ts';
import { installController } from './controller.ts';
import { countRequests, type CountedRequest } from './counted-requests.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectl, kubectlOk } from './kubectl.ts';
import { defineReports, removeDefinition } from './report-definitions.ts';
import { answering, createFunction, edit } from './revisions.ts';

const PATIENCE = 120_000;
const EDITS = 3;
/** Those of older revisions would be judged as well. */
const NO_PODS = { replicas: 0 };

const pinned = (name: string): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ dependencies: { [name]: '1.0.0' } }),
});
/** Of every edit another result, so that it is seen when the report has it. */
const floating = (version: number): Readonly<Record<string, string>> => ({
  ...answering(`answer ${version}`),
  'package.json': JSON.stringify({ dependencies: { left: `^${version}.0.0` } }),
});

const report = async (namespace: string): Promise<string> =>
  (await kubectl(['get', 'policyreport', REPORT_NAME, '-n', namespace, '-o', 'json'])).stdout;

const said = (namespace: string, ...texts: readonly string[]): Promise<unknown> =>
  eventually(
    () => report(namespace),
    (shown) => texts.every((text) => shown.includes(text)) && !shown.includes('edited source'),
    PATIENCE,
  );

const count = (requests: readonly CountedRequest[], method: string, part: string): number =>
  requests.filter((each) => each.method === method && each.path.includes(part)).length;

describe('reports and a list of denied versions', () => {
  const opened = given(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'buildless-counted-'));
    const requests = await countRequests(folder);
    await defineReports('wgpolicyk8s.io');
    const configuration = 'revisions: { locks: author }\n';
    const controller = await installController({ configuration, kubeconfig: requests.kubeconfig });
    const { namespace } = controller.value;
    const deny = (...names: readonly string[]): Promise<string> => {
      const nodejs = names.map((name) => ({ name, reason: 'steals tokens' }));
      return kubectlOk(['apply', '-n', namespace, '-f', '-'], {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'incident', labels: { [DENIED_LABEL]: 'incident' } },
        data: { 'denied.yaml': JSON.stringify({ dependencies: { denied: { nodejs } } }) },
      });
    };
    await deny('nobody-has-it');
    return {
      value: { ...controller.value, requests, deny },
      async close() {
        await controller.close();
        requests.close();
        await removeDefinition('wgpolicyk8s.io');
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });

  it('read an edited source once and its copy never, whoever judges them, and nothing of the Functions beside it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'calm', pinned('right'), NO_PODS);
    await createFunction(namespace, 'edited', pinned('right'), NO_PODS);
    await said(namespace, '"name": "calm"', '"name": "edited"');
    const before = opened().requests.of(namespace).length;
    for (let version = 1; version <= EDITS; version += 1) {
      await edit(namespace, 'edited', floating(version));
      await said(namespace, `^${version}.0.0`);
    }
    const spent = opened().requests.of(namespace).slice(before);
    expect(count(spent, 'GET', '/configmaps/calm')).toBe(0);
    // The rollout reads the source, and knows the copy that it makes. A watch that is late may cost another look.
    const reads = count(spent, 'GET', '/configmaps/edited');
    expect(reads).toBeGreaterThanOrEqual(EDITS);
    expect(reads).toBeLessThanOrEqual(2 * EDITS);
    // A conflict with the controller of Deployments is tried again.
    expect(count(spent, 'PATCH', '/deployments/edited')).toBeLessThanOrEqual(2 * EDITS);
    expect(count(spent, 'POST', '/configmaps')).toBeLessThanOrEqual(2 * EDITS);
  });

  it('cost nothing for what a change of the list does not concern', async () => {
    const [calm, concerned] = [await createNamespace(OPTED_IN), await createNamespace(OPTED_IN)];
    await createFunction(calm, 'calm', pinned('right'), NO_PODS);
    await createFunction(concerned, 'concerned', pinned('stolen'), NO_PODS);
    await said(calm, '"pass": 1');
    await said(concerned, '"pass": 1');
    const [before, beforeConcerned] = [calm, concerned].map((each) => opened().requests.of(each).length);
    await opened().deny('nobody-has-it', 'stolen');
    await said(concerned, '"fail": 1');
    await opened().deny('nobody-has-it');
    await said(concerned, '"fail": 0');
    const spent = opened().requests.of(calm).slice(before);
    expect(spent.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(spent.length).toBeLessThanOrEqual(1);
    const written = opened().requests.of(concerned).slice(beforeConcerned);
    const reports = count(written, 'PUT', '/policyreports/');
    expect(reports).toBeGreaterThanOrEqual(2);
    expect(reports).toBeLessThanOrEqual(4);
    expect(count(written, 'PATCH', '/deployments/')).toBe(0);
  });
});
