import { describe, expect } from 'vitest';
import {
  REFRESH_ANNOTATION,
  REFUSED_BY_ANNOTATION,
  REFUSED_UNTIL_ANNOTATION,
  REVISION_HOLDS_LABEL,
  REVISION_OF_LABEL,
} from '../../src/function/keys.ts';
import { CONTROL_NAME, INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { revisionName } from '../../src/function/revision-name.ts';
import { NOTHING_DENIED } from '../../src/denied/list.ts';
import { byDenied } from '../../src/revision/refused-by.ts';
import { DIGEST_ANNOTATION } from '../../src/function/keys.ts';
import {
  revisionObject,
  type RevisionContent,
  type RevisionObject,
  type RevisionOwner,
} from '../../src/revision/snapshot.ts';
import { controlAccount } from './control-account.ts';
import { deployment, plainPod, source } from './functions.ts';
import { given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk } from './kubectl.ts';
import type { Answered, Sent } from './raw-api.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const OWNER: RevisionOwner = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'hello',
  uid: '5c5d0d3e-0000-4000-8000-000000000001',
};

/** As the controller makes it. */
const revision = (namespace: string, base = 'hello', digits = 10, holds: RevisionContent = 'files'): RevisionObject =>
  revisionObject({
    namespace,
    name: revisionName(base, DIGEST, digits),
    holds,
    digest: DIGEST,
    owners: [OWNER],
    content: { data: { 'handler.js': '' } },
  });

/** In place of a lock whose versions are too young. */
const refusal = (namespace: string): RevisionObject =>
  revisionObject({
    namespace,
    name: revisionName('refused', DIGEST),
    holds: 'lock',
    digest: DIGEST,
    refresh: 2,
    refusedUntil: new Date().toISOString(),
    refusedBy: byDenied(NOTHING_DENIED),
    owners: [],
    content: { data: { 'refused.json': '{}' } },
  });

/** Its owner is not there, so that the garbage collector would take it. */
const unowned = (made: RevisionObject): object => ({ ...made, metadata: { ...made.metadata, ownerReferences: [] } });

const configMaps = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;
const denied = (answer: Answered, policy = ''): void => {
  expect(answer.message).toContain(`ValidatingAdmissionPolicy 'buildless-control${policy}`);
  expect(answer.status).toBeGreaterThanOrEqual(400);
};

describe('the account of the controller, were RBAC to grant it everything,', () => {
  const account = given(() => controlAccount(true));
  const create = (namespace: string, body: object): Promise<Answered> =>
    account()({ method: 'POST', path: configMaps(namespace), body });

  it('may make a revision, change its owners and delete it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    expect(await create(namespace, refusal(namespace))).toMatchObject({ status: 201 });
    const made = await kubectlOk(
      ['create', '-n', namespace, '-o', 'jsonpath={.metadata.uid}', '-f', '-'],
      deployment('hello', 0),
    );
    const owner = { ...OWNER, uid: made };
    const rollout = { ...OWNER, apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' };
    for (const [base, digits, holds] of [
      ['hello', 10, 'files'],
      ['hello', 64, 'files'],
      ['hello.world-1', 16, 'lock'],
    ] as const) {
      const object = revision(namespace, base, digits, holds);
      const path = `${configMaps(namespace)}/${object.metadata.name}`;
      const owned = { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
      expect(await create(namespace, owned)).toMatchObject({ status: 201 });
      const pod = { ...OWNER, apiVersion: 'v1', kind: 'Pod' };
      for (const ownerReferences of [[owner, rollout, pod], []]) {
        const patched = await account()({
          method: 'PATCH',
          path,
          body: { metadata: { ownerReferences } },
          contentType: 'application/merge-patch+json',
        });
        expect(patched).toMatchObject({ status: 200 });
      }
      expect(await account()({ method: 'DELETE', path })).toMatchObject({ status: 200 });
    }
  });

  it('may make no other ConfigMap', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const good = revision(namespace);
    const meta = good.metadata;
    const owned = (owner: object): object => ({ ...good, metadata: { ...meta, ownerReferences: [owner] } });
    const others: Readonly<Record<string, object>> = {
      'a source': source('hello'),
      'one that can change': { ...good, immutable: false },
      'one without a word about that': { ...good, immutable: undefined },
      'another name': { ...good, metadata: { ...meta, name: 'evil' } },
      'a name of another source': { ...good, metadata: { ...meta, name: revisionName('other', DIGEST) } },
      'a name of another digest': { ...good, metadata: { ...meta, name: 'hello-ffffffffff' } },
      'a short name': { ...good, metadata: { ...meta, name: 'hello-012345678' } },
      'a made-up name': { ...good, metadata: { ...meta, name: undefined, generateName: 'hello-0123456789' } },
      'no digest': { ...good, metadata: { ...meta, annotations: {} } },
      'a digest of another form': {
        ...good,
        metadata: { ...meta, annotations: { [DIGEST_ANNOTATION]: 'sha256:0123456789' } },
      },
      'no label': { ...good, metadata: { ...meta, labels: {} } },
      'what it holds left open': { ...good, metadata: { ...meta, labels: { [REVISION_OF_LABEL]: 'hello' } } },
      'something else in it': {
        ...good,
        metadata: { ...meta, labels: { ...meta.labels, [REVISION_HOLDS_LABEL]: 'evil' } },
      },
      'a label of others': {
        ...good,
        metadata: { ...meta, labels: { ...meta.labels, 'app.kubernetes.io/instance': 'x' } },
      },
      'an annotation of others': { ...good, metadata: { ...meta, annotations: { ...meta.annotations, evil: 'yes' } } },
      'a number of refreshes that is none': {
        ...good,
        metadata: { ...meta, annotations: { ...meta.annotations, [REFRESH_ANNOTATION]: 'many' } },
      },
      'a time of a refusal that is none': {
        ...good,
        metadata: { ...meta, annotations: { ...meta.annotations, [REFUSED_UNTIL_ANNOTATION]: 'never' } },
      },
      'a reason of a refusal that is none': {
        ...good,
        metadata: { ...meta, annotations: { ...meta.annotations, [REFUSED_BY_ANNOTATION]: 'denied-by me' } },
      },
      'a finalizer': { ...good, metadata: { ...meta, finalizers: ['evil.example/stay'] } },
      'an owner that is a ConfigMap': owned({ ...OWNER, apiVersion: 'v1', kind: 'ConfigMap' }),
      'an owner that is a Namespace': owned({ ...OWNER, apiVersion: 'v1', kind: 'Namespace' }),
      'an owner that is a Secret': owned({ ...OWNER, apiVersion: 'v1', kind: 'Secret' }),
      'an owner of a group with the name of Pod': owned({ ...OWNER, apiVersion: 'pods.example/v1', kind: 'Pod' }),
      'an owner of a group with the name of another': owned({ ...OWNER, apiVersion: 'apps.evil.example/v1' }),
      'an owner that waits for it': owned({ ...OWNER, blockOwnerDeletion: true }),
      'an owner that controls it': owned({ ...OWNER, controller: true }),
    };
    for (const [what, body] of Object.entries(others)) {
      const answer = await create(namespace, body);
      expect({ what, ...answer }).toMatchObject({ status: 422 });
      denied(answer, "-revisions'");
    }
  });

  it('may change nothing of a revision but its owners', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const { metadata } = revision(namespace);
    await kubectlOk(['create', '-f', '-'], unowned(revision(namespace)));
    const path = `${configMaps(namespace)}/${metadata.name}`;
    const merge = (body: object): Sent => ({
      method: 'PATCH',
      path,
      body,
      contentType: 'application/merge-patch+json',
    });
    const tries: readonly Sent[] = [
      merge({ metadata: { labels: { evil: 'yes' } } }),
      merge({ metadata: { labels: { [REVISION_OF_LABEL]: null } } }),
      merge({ metadata: { annotations: { evil: 'yes' } } }),
      merge({ metadata: { finalizers: ['evil.example/stay'] } }),
      merge({ metadata: { ownerReferences: [{ ...OWNER, apiVersion: 'v1', kind: 'ConfigMap' }] } }),
      merge({ metadata: { ownerReferences: [{ ...OWNER, blockOwnerDeletion: true }] } }),
      {
        method: 'PATCH',
        path,
        body: [{ op: 'add', path: '/metadata/labels/evil', value: 'yes' }],
        contentType: 'application/json-patch+json',
      },
      {
        method: 'PATCH',
        path: `${path}?fieldManager=evil&force=true`,
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: metadata.name, annotations: { evil: 'yes' } } },
        contentType: 'application/apply-patch+yaml',
      },
      {
        method: 'PUT',
        path,
        body: { ...revision(namespace), metadata: { ...metadata, labels: { ...metadata.labels, evil: 'yes' } } },
      },
    ];
    for (const sent of tries) denied(await account()(sent), "-revisions'");
    // Nobody may.
    const content = await account()(merge({ data: { 'handler.js': 'evil' } }));
    expect(content).toMatchObject({ status: 422 });
  });

  it('may change and delete no ConfigMap of others, be it immutable and labelled like a revision', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    const likeOne = { ...source('settings'), immutable: true };
    const labels = { [REVISION_OF_LABEL]: 'settings', [REVISION_HOLDS_LABEL]: 'files' };
    await kubectlOk(['create', '-n', namespace, '-f', '-'], { ...likeOne, metadata: { name: 'settings', labels } });
    for (const name of ['hello', 'settings', 'kube-root-ca.crt']) {
      const path = `${configMaps(namespace)}/${name}`;
      denied(
        await account()({
          method: 'PATCH',
          path,
          body: { metadata: { ownerReferences: [OWNER] } },
          contentType: 'application/merge-patch+json',
        }),
        "-revisions'",
      );
      denied(await account()({ method: 'DELETE', path }), "-revisions'");
    }
    denied(await account()({ method: 'DELETE', path: configMaps(namespace) }), '');
    const labelled = `${configMaps(namespace)}?labelSelector=${encodeURIComponent(REVISION_OF_LABEL)}`;
    denied(await account()({ method: 'DELETE', path: labelled }), '');
    expect(await kubectlOk(['get', 'configmap', '-n', namespace, '-o', 'name'])).toContain('configmap/settings');
  });

  it('may make and delete revisions only in namespaces with Functions, and never where the cluster or Buildless runs', async () => {
    const plain = await createNamespace();
    await kubectlOk(['create', '-f', '-'], unowned(revision(plain)));
    denied(await create(plain, revision(plain, 'second')), "-revisions'");
    const path = `${configMaps(plain)}/${revision(plain).metadata.name}`;
    denied(await account()({ method: 'DELETE', path }), "-revisions'");
    for (const namespace of ['kube-system', INSTALL_NAMESPACE]) {
      await kubectlOk(['label', 'namespace', namespace, 'buildless.dev/functions=enabled']);
      denied(await create(namespace, revision(namespace)), "-revisions'");
      await kubectlOk(['label', 'namespace', namespace, 'buildless.dev/functions-']);
    }
  });

  it('may write its own Events about workloads, and no others', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'hello.1', namespace },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'buildless.dev/control',
      reportingInstance: 'x',
      type: 'Normal',
      reason: 'RolledOut',
      action: 'RollOut',
      regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'hello' },
      note: 'x',
    };
    expect(await account()({ method: 'POST', path, body: event })).toMatchObject({ status: 201 });
    const regarding = { ...event.regarding, kind: 'Node' };
    denied(await account()({ method: 'POST', path, body: { ...event, metadata: { name: 'b' }, regarding } }), "'");
    const other = { ...event, metadata: { name: 'c' }, reportingController: 'kubelet' };
    denied(await account()({ method: 'POST', path, body: other }), "'");
    denied(await account()({ method: 'DELETE', path: `${path}/hello.1` }), "'");
    const core = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'd' }, involvedObject: event.regarding };
    denied(await account()({ method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, body: core }), "'");
  });

  it('may write its Lease, and no other', async () => {
    const lease = (name: string): object => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name },
    });
    const path = (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const own = await account()({ method: 'POST', path: path(INSTALL_NAMESPACE), body: lease(CONTROL_NAME) });
    expect(own).toMatchObject({ status: 201 });
    const update = { ...own.object, spec: { holderIdentity: 'x' } };
    const place = `${path(INSTALL_NAMESPACE)}/${CONTROL_NAME}`;
    expect(await account()({ method: 'PUT', path: place, body: update })).toMatchObject({ status: 200 });
    denied(await account()({ method: 'DELETE', path: place }), "'");
    denied(await account()({ method: 'POST', path: path(INSTALL_NAMESPACE), body: lease('other') }), "'");
    denied(await account()({ method: 'POST', path: path('kube-system'), body: lease(CONTROL_NAME) }), "'");
  });

  it('may write nothing else in the cluster', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], plainPod('running'));
    const core = `/api/v1/namespaces/${namespace}`;
    const named = { name: 'evil' };
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    const tries: readonly Sent[] = [
      { method: 'POST', path: `${core}/secrets`, body: { apiVersion: 'v1', kind: 'Secret', metadata: named } },
      { method: 'POST', path: `${core}/pods`, body: plainPod('evil') },
      { method: 'DELETE', path: `${core}/pods/running` },
      { method: 'DELETE', path: `${core}/pods` },
      {
        method: 'POST',
        path: `${core}/pods/running/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'running' } },
      },
      {
        method: 'POST',
        path: `${core}/serviceaccounts`,
        body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: named },
      },
      {
        method: 'POST',
        path: `/api/v1/namespaces/${INSTALL_NAMESPACE}/serviceaccounts/buildless-webhook/token`,
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      },
      { method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: named } },
      {
        method: 'PATCH',
        path: `/api/v1/namespaces/${namespace}`,
        body: { metadata: { labels: { evil: 'yes' } } },
        contentType: 'application/merge-patch+json',
      },
      {
        method: 'POST',
        path: `${rbac}/clusterrolebindings`,
        body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: named, roleRef },
      },
      {
        method: 'POST',
        path: `${rbac}/namespaces/${namespace}/rolebindings`,
        body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: named, roleRef },
      },
      {
        method: 'POST',
        path: `/apis/apps/v1/namespaces/${namespace}/replicasets`,
        body: {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: named,
          spec: {
            selector: { matchLabels: { a: 'b' } },
            template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } },
          },
        },
      },
      {
        method: 'POST',
        path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
        body: {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: named,
          spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } } },
        },
      },
    ];
    for (const sent of tries) {
      const answer = await account()(sent);
      expect({ path: sent.path, ...answer }).toMatchObject({
        message: expect.stringContaining("ValidatingAdmissionPolicy 'buildless-control") as string,
      });
    }
    const exec = await account()({ method: 'GET', path: `${core}/pods/running/exec?command=true&stdout=true` });
    denied(exec, "'");
  });
});

describe('the account of the controller as shipped', () => {
  const account = given(() => controlAccount(false));

  it('reads no Secret, unless a namespace lets it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', 'secret', 'generic', 'registry', '-n', namespace, '--from-literal=.npmrc=x']);
    const secret = `/api/v1/namespaces/${namespace}/secrets/registry`;
    expect(await account()({ method: 'GET', path: secret })).toMatchObject({ status: 403 });
    await kubectlOk([
      ...['create', 'rolebinding', 'buildless-source-reader', '-n', namespace, '--clusterrole=buildless-source-reader'],
      `--serviceaccount=${INSTALL_NAMESPACE}:${CONTROL_NAME}`,
    ]);
    expect(await account()({ method: 'GET', path: secret })).toMatchObject({ status: 200 });
    const list = `/api/v1/namespaces/${namespace}/secrets`;
    expect(await account()({ method: 'GET', path: list })).toMatchObject({ status: 403 });
    expect(await account()({ method: 'DELETE', path: secret })).toMatchObject({ status: 403 });
    const elsewhere = `/api/v1/namespaces/${INSTALL_NAMESPACE}/secrets/buildless-ca`;
    expect(await account()({ method: 'GET', path: elsewhere })).toMatchObject({ status: 403 });
  });

  it('can take away neither the policies that limit it nor the webhooks', async () => {
    const admission = '/apis/admissionregistration.k8s.io/v1';
    for (const path of [
      `${admission}/validatingadmissionpolicies/${CONTROL_NAME}`,
      `${admission}/validatingadmissionpolicybindings/${CONTROL_NAME}-workloads`,
      `${admission}/mutatingwebhookconfigurations/buildless`,
    ])
      for (const method of ['DELETE', 'GET'] as const)
        expect(await account()({ method, path })).toMatchObject({ status: 403 });
  });
});
