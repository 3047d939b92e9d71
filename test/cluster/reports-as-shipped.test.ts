import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { CONTROL_NAME, INSTALL_NAMESPACE, REPORT_WRITER } from '../../src/installation/names.ts';
import { REPORT_RIGHTS } from '../../src/installation/rights.ts';
import { REPORT_LABELS, REPORT_NAME, reportsPathIn } from '../../src/policy-report/kinds.ts';
import { buildless } from '../cli/command.ts';
import { at } from '../installation/shipped.ts';
import { startController } from './controller.ts';
import { deployment, source } from './functions.ts';
import { cluster, eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectl, kubectlOk, ROOT } from './kubectl.ts';
import { installManifests } from './manifests.ts';
import { rawApi, type Answered, type Sent } from './raw-api.ts';
import { defineReports, kindOf, removeDefinition } from './report-definitions.ts';
import { kubeconfigOf } from './shipped.ts';

const COMPONENT = readFileSync(path.join(ROOT, 'deploy/components/reports/rbac.yaml'), 'utf8');
const KIND = kindOf('wgpolicyk8s.io');
const PATIENCE = 180_000;
const USER = `system:serviceaccount:${INSTALL_NAMESPACE}:${CONTROL_NAME}`;

/** Roles may be bound a moment before the API server knows. */
const mayWrite = (yes: boolean): Promise<unknown> =>
  eventually(
    () => kubectl(['auth', 'can-i', 'create', `${KIND.resource}.${KIND.group}`, `--as=${USER}`]),
    ({ stdout }) => stdout.startsWith(yes ? 'yes' : 'no'),
    PATIENCE,
  );

const owners = async (namespace: string): Promise<unknown> => {
  const { status, stdout } = await kubectl(['get', 'policyreport', REPORT_NAME, '-n', namespace, '-o', 'json']);
  return status === 0 ? at(JSON.parse(stdout), 'metadata', 'ownerReferences') : undefined;
};

describe('reports of a controller with the rights of deploy/components/reports', () => {
  const installed = given(async () => {
    await defineReports('wgpolicyk8s.io');
    const manifests = await installManifests();
    const folder = mkdtempSync(path.join(tmpdir(), 'buildless-reports-'));
    const kubeconfig = await kubeconfigOf(CONTROL_NAME, folder);
    const controller = await startController({ kubeconfig, namespace: INSTALL_NAMESPACE });
    await controller.untilLeading();
    return {
      value: { controller, send: rawApi(kubeconfig) },
      async close() {
        await controller.stop();
        await kubectl(['delete', '--ignore-not-found', '-f', '-'], COMPONENT);
        await manifests.close();
        await removeDefinition('wgpolicyk8s.io');
        rmSync(folder, { recursive: true });
      },
    };
  });

  it.withControllers('are written once the component is there, and go with its role', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('hello', 0));
    await mayWrite(false);
    await kubectlOk(['apply', '--validate=strict', '-f', '-'], COMPONENT);
    await mayWrite(true);
    const [owner] = (await eventually(() => owners(namespace), Array.isArray, PATIENCE)) as readonly unknown[];
    const uid = await kubectlOk(['get', 'clusterrole', REPORT_WRITER, '-o', 'jsonpath={.metadata.uid}']);
    expect(owner).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      name: REPORT_WRITER,
      uid,
    });
    const refusals = installed().controller.lines.filter(
      (line) => /forbidden|ValidatingAdmissionPolicy/.test(line) && !/being terminated|exceeded quota/.test(line),
    );
    expect(refusals).toEqual([]);
    const listed = await buildless(['uninstall', '--dry-run', '-o', 'json', '--kubeconfig', cluster().kubeconfig]);
    const { reports } = JSON.parse(listed.stdout) as { readonly reports: readonly object[] };
    // Tests beside this one may have reports as well, which nobody owns.
    expect(reports).toContainEqual({
      kind: 'PolicyReport',
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      outcome: 'would be removed',
      namespaces: expect.arrayContaining([namespace]) as unknown,
    });
    await kubectlOk(['delete', '-f', '-'], COMPONENT);
    await eventually(
      () => kubectl(['get', 'policyreport', REPORT_NAME, '-n', namespace]),
      ({ status }) => status !== 0,
      PATIENCE,
    );
  });

  it('are all that the component grants', async () => {
    await kubectlOk(['apply', '-f', '-'], COMPONENT);
    const role: unknown = JSON.parse(await kubectlOk(['get', 'clusterrole', REPORT_WRITER, '-o', 'json']));
    const rules = at(role, 'rules');
    const granted = (Array.isArray(rules) ? rules : []).map((rule: unknown) => ({
      group: at(rule, 'apiGroups', 0),
      resource: at(rule, 'resources', 0),
      ...(at(rule, 'resourceNames') !== undefined && { name: at(rule, 'resourceNames', 0) }),
      verbs: at(rule, 'verbs'),
    }));
    const line = (right: object): string => JSON.stringify(Object.entries(right).sort());
    expect(granted.map(line).sort()).toEqual(REPORT_RIGHTS.map(line).sort());
    await mayWrite(true);
  });

  it('may have no other name, label, owner or namespace', async () => {
    const { send } = installed();
    const namespace = await createNamespace(OPTED_IN);
    const plain = await createNamespace();
    await kubectlOk(['apply', '-f', '-'], COMPONENT);
    await mayWrite(true);
    const report = (metadata: object = {}): object => ({
      apiVersion: KIND.apiVersion,
      kind: KIND.kind,
      metadata: { name: REPORT_NAME, labels: REPORT_LABELS, ...metadata },
    });
    const owner = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: REPORT_WRITER, uid: 'u' };
    const post = (where: string, body: object): Promise<Answered> =>
      send({ method: 'POST', path: `${reportsPathIn(KIND, where)}?dryRun=All`, body });
    // The policy has to know the kind, which was defined a moment ago.
    await eventually(
      () => post(namespace, report({ name: 'other' })),
      ({ message }) => message.includes("ValidatingAdmissionPolicy 'buildless-control'"),
      PATIENCE,
    );
    await eventually(
      () => post(namespace, report({ ownerReferences: [owner] })),
      ({ status }) => status === 201,
      PATIENCE,
    );
    const refused: Readonly<Record<string, readonly [string, object]>> = {
      'another name': [namespace, report({ name: 'other' })],
      'no label': [namespace, report({ labels: {} })],
      'the label of somebody else': [namespace, report({ labels: { 'app.kubernetes.io/managed-by': 'kyverno' } })],
      'a finalizer': [namespace, report({ finalizers: ['evil.example/stay'] })],
      'another owner': [namespace, report({ ownerReferences: [{ ...owner, name: 'cluster-admin' }] })],
      'an owner of another kind': [namespace, report({ ownerReferences: [{ ...owner, kind: 'Role' }] })],
      'an owner that waits for it': [namespace, report({ ownerReferences: [{ ...owner, blockOwnerDeletion: true }] })],
      'a namespace without Functions': [plain, report()],
      'the namespace of Buildless': [INSTALL_NAMESPACE, report()],
    };
    for (const [what, [where, body]] of Object.entries(refused)) {
      const answer = await post(where, body);
      expect({ what, ...answer }).toMatchObject({ status: 422 });
      expect(answer.message).toContain("ValidatingAdmissionPolicy 'buildless-control'");
    }
    // One of somebody else that has our name.
    const foreign = report({ labels: {}, namespace });
    await kubectlOk(['create', '-n', namespace, '-f', '-'], foreign);
    const path = `${reportsPathIn(KIND, namespace)}/${REPORT_NAME}`;
    const { object } = await send({ method: 'GET', path });
    const tries: readonly Sent[] = [
      { method: 'DELETE', path },
      { method: 'PUT', path, body: { ...object, summary: { pass: 1 } } },
      { method: 'PUT', path, body: { ...report({ resourceVersion: at(object, 'metadata', 'resourceVersion') }) } },
    ];
    for (const sent of tries) {
      const answer = await send(sent);
      expect(answer.message).toContain("ValidatingAdmissionPolicy 'buildless-control'");
    }
  });
});
