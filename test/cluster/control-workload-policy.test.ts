import { compare } from 'fast-json-patch';
import { describe, expect } from 'vitest';
import {
  ANNOTATIONS,
  FOLLOWED_LABEL,
  FUNCTION_LABEL,
  REVISION_ANNOTATION,
  ROLLOUT_LABEL,
} from '../../src/function/keys.ts';
import { isObject, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { at } from '../installation/shipped.ts';
import { controlAccount, type ControlAccount } from './control-account.ts';
import { given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk } from './kubectl.ts';
import type { Answered } from './raw-api.ts';

const STAMP = 'files:hello-0123456789 lock:hello-9876543210';
const FOLLOWED = '0123456789abcdef0123456789abcdef';

type Change = (object: Workload) => void;
/** A workload as the tests change it. */
interface Workload {
  metadata: Meta;
  spec: Record<string, unknown>;
  [field: string]: unknown;
}
interface Meta {
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  [field: string]: unknown;
}
interface Template {
  metadata: Meta;
  spec: { containers: Record<string, unknown>[]; [field: string]: unknown };
}

interface Kind {
  readonly kind: string;
  readonly group: string;
  readonly resource: string;
  readonly template: (object: Workload) => Template;
  readonly spec: (template: object) => object;
  /** Something in the spec beside the template. */
  readonly other: Change;
}

const plain = (object: Workload): Template => object.spec.template as Template;
const selector = { matchLabels: { app: 'hello' } };
const KINDS: readonly Kind[] = [
  {
    kind: 'Deployment',
    group: 'apps/v1',
    resource: 'deployments',
    template: plain,
    spec: (template) => ({ replicas: 0, selector, template }),
    other: (object) => (object.spec.replicas = 3),
  },
  {
    kind: 'StatefulSet',
    group: 'apps/v1',
    resource: 'statefulsets',
    template: plain,
    spec: (template) => ({ replicas: 0, serviceName: 'hello', selector, template }),
    other: (object) => (object.spec.replicas = 3),
  },
  {
    kind: 'DaemonSet',
    group: 'apps/v1',
    resource: 'daemonsets',
    template: plain,
    spec: (template) => ({ selector, template }),
    other: (object) => (object.spec.minReadySeconds = 30),
  },
  {
    kind: 'CronJob',
    group: 'batch/v1',
    resource: 'cronjobs',
    template: (object) => at(object.spec, 'jobTemplate', 'spec', 'template') as Template,
    spec: (template) => ({ schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } }),
    other: (object) => (object.spec.schedule = '* * * * *'),
  },
  {
    kind: 'Rollout',
    group: 'argoproj.io/v1alpha1',
    resource: 'rollouts',
    template: plain,
    spec: (template) => ({ replicas: 0, selector, template }),
    other: (object) => (object.spec.paused = true),
  },
  {
    kind: 'Service',
    group: 'serving.knative.dev/v1',
    resource: 'services',
    template: plain,
    spec: (template) => ({ template }),
    other: (object) => (object.spec.traffic = [{ percent: 100, latestRevision: true }]),
  },
];

const first = ({ spec }: Template): Record<string, unknown> => spec.containers[0] ?? {};
const without = (map: Record<string, string>, key: string): boolean => Reflect.deleteProperty(map, key);

/** What nobody but an author may do. @returns changes by what they are */
const forbidden = ({
  template,
  other,
  kind,
}: Kind): Readonly<Record<string, { readonly change: Change; readonly removes?: true }>> => ({
  'another image': { change: (object) => (first(template(object)).image = 'evil:1') },
  'a variable': { change: (object) => (first(template(object)).env = [{ name: 'A', value: 'b' }]) },
  'a command': { change: (object) => (first(template(object)).command = ['sh']) },
  'one more container': {
    change: (object) => void template(object).spec.containers.push({ name: 'evil', image: 'evil:1' }),
  },
  'another account': { change: (object) => (template(object).spec.serviceAccountName = 'admin') },
  'a volume': { change: (object) => (template(object).spec.volumes = [{ name: 'v', emptyDir: {} }]) },
  'the host network': { change: (object) => (template(object).spec.hostNetwork = true) },
  'the spec beside the template': { change: other },
  'a label of the template': { change: (object) => (template(object).metadata.labels.evil = 'yes') },
  'no Function any more': {
    change: (object) => without(template(object).metadata.labels, FUNCTION_LABEL),
    removes: true,
  },
  'another source': {
    change: (object) => (template(object).metadata.annotations[ANNOTATIONS.source] = 'configmap:evil'),
  },
  'an annotation of the template': { change: (object) => (template(object).metadata.annotations.evil = 'yes') },
  'no runtime': {
    change: (object) => without(template(object).metadata.annotations, ANNOTATIONS.runtime),
    removes: true,
  },
  'no stamp': {
    change: (object) => without(template(object).metadata.annotations, REVISION_ANNOTATION),
    removes: true,
  },
  'a stamp of another form': {
    change: (object) => (template(object).metadata.annotations[REVISION_ANNOTATION] = 'files:secret'),
  },
  'a stamp with more behind it': {
    change: (object) => (template(object).metadata.annotations[REVISION_ANNOTATION] = `${STAMP}\nmore`),
  },
  'a stamp of 5,000 characters': {
    change: (object) =>
      (template(object).metadata.annotations[REVISION_ANNOTATION] = `files:${'a'.repeat(5000)}-0123456789`),
  },
  'an empty stamp': { change: (object) => (template(object).metadata.annotations[REVISION_ANNOTATION] = '') },
  'a label of the workload': { change: (object) => (object.metadata.labels.evil = 'yes') },
  'another label of the workload': { change: (object) => (object.metadata.labels.team = 'evil') },
  'no label of the workload': { change: (object) => delete object.metadata.labels.team, removes: true },
  'another mode of rollout': { change: (object) => (object.metadata.labels[ROLLOUT_LABEL] = 'auto') },
  'a followed of another form': { change: (object) => (object.metadata.labels[FOLLOWED_LABEL] = 'evil') },
  'an annotation of the workload': { change: (object) => (object.metadata.annotations.evil = 'yes') },
  'another annotation of the workload': { change: (object) => (object.metadata.annotations.note = 'evil') },
  'no annotation of the workload': { change: (object) => delete object.metadata.annotations.note, removes: true },
  'a finalizer': { change: (object) => (object.metadata.finalizers = ['evil.example/stay']) },
  'an owner': {
    change: (object) =>
      (object.metadata.ownerReferences = [{ apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: 'x' }]),
  },
  ...(kind === 'DaemonSet' && {
    'the counter of templates of a DaemonSet': {
      // The API server writes it itself when the template changes.
      change: (object: Workload) => (object.spec.revisionHistoryLimit = 0),
    },
  }),
});

const WAYS = ['PUT', 'merge patch', 'JSON patch', 'server-side apply'] as const;
type Way = (typeof WAYS)[number];

/** Metadata that an apply may not have. */
const OF_SERVER = ['managedFields', 'resourceVersion', 'uid', 'creationTimestamp', 'generation'];

/** Sends a change one way; nothing is stored. */
async function send(
  account: ControlAccount,
  way: Way,
  path: string,
  before: Workload,
  change: Change,
): Promise<Answered> {
  const after = structuredClone(before);
  change(after);
  const query = 'dryRun=All&fieldManager=buildless-control';
  switch (way) {
    case 'PUT':
      return await put(account, path, query, change);
    case 'merge patch':
      return await account({
        method: 'PATCH',
        path: `${path}?${query}`,
        body: mergePatch(before, after),
        contentType: 'application/merge-patch+json',
      });
    case 'JSON patch':
      return await account({
        method: 'PATCH',
        path: `${path}?${query}`,
        body: compare(before, after),
        contentType: 'application/json-patch+json',
      });
    case 'server-side apply': {
      const metadata = Object.fromEntries(Object.entries(after.metadata).filter(([key]) => !OF_SERVER.includes(key)));
      return await account({
        method: 'PATCH',
        path: `${path}?${query}&force=true`,
        body: { ...after, status: undefined, metadata },
        contentType: 'application/apply-patch+yaml',
      });
    }
  }
}

/** What is there now, changed: the controllers of the cluster write a status of their own. */
async function put(account: ControlAccount, path: string, query: string, change: Change): Promise<Answered> {
  const read = await account({ method: 'GET', path: path.replace(/\/status$/, '') });
  const now = read.object as unknown as Workload;
  change(now);
  const answer = await account({ method: 'PUT', path: `${path}?${query}`, body: now });
  return answer.status === 409 ? await put(account, path, query, change) : answer;
}

/** RFC 7386. */
function mergePatch(before: KubernetesObject, after: KubernetesObject): object {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    patch[key] = now === undefined ? null : isObject(old) && isObject(now) ? mergePatch(old, now) : now;
  }
  return patch;
}

const template = (labels: Readonly<Record<string, string>>): object => ({
  metadata: {
    labels: { app: 'hello', ...labels },
    annotations: { [ANNOTATIONS.runtime]: 'nodejs22', [REVISION_ANNOTATION]: 'files:hello-aaaaaaaaaa' },
  },
  spec: { containers: [{ name: 'function', image: 'own:1' }], restartPolicy: 'Always' },
});

interface Made {
  readonly path: string;
  readonly object: Workload;
}

async function make(
  kind: Kind,
  namespace: string,
  given: { labels?: Record<string, string>; isFunction?: boolean } = {},
): Promise<Made> {
  const { isFunction = true, labels = {} } = given;
  const pod = template(isFunction ? { [FUNCTION_LABEL]: 'hello' } : {}) as Template;
  if (kind.kind === 'CronJob') pod.spec.restartPolicy = 'Never';
  const workload = {
    apiVersion: kind.group,
    kind: kind.kind,
    metadata: { name: 'hello', labels: { team: 'shop', ...labels }, annotations: { note: 'mine' } },
    spec: kind.spec(pod),
  };
  const made = await kubectlOk(['create', '-n', namespace, '-o', 'json', '--show-managed-fields', '-f', '-'], workload);
  return {
    path: `/apis/${kind.group}/namespaces/${namespace}/${kind.resource}/hello`,
    object: JSON.parse(made) as Workload,
  };
}

describe('the account of the controller, were RBAC to grant it everything,', () => {
  const account = given(() => controlAccount(true));

  for (const kind of KINDS) {
    const rollOut: Change = (object) => {
      object.metadata.labels[FOLLOWED_LABEL] = FOLLOWED;
      kind.template(object).metadata.annotations[REVISION_ANNOTATION] = STAMP;
    };

    it(`may stamp a ${kind.kind} and set what it follows, whichever way it asks`, async () => {
      const { path, object } = await make(kind, await createNamespace(OPTED_IN));
      for (const way of WAYS) {
        const answer = await send(account(), way, path, object, rollOut);
        expect({ way, ...answer }).toMatchObject({ status: 200, message: '' });
        expect(kind.template(answer.object as unknown as Workload).metadata.annotations[REVISION_ANNOTATION]).toBe(
          STAMP,
        );
      }
      const commit = await send(account(), 'JSON patch', path, object, (changed) => {
        changed.metadata.labels[FOLLOWED_LABEL] = 'none';
        kind.template(changed).metadata.annotations[REVISION_ANNOTATION] =
          `commit:${'a'.repeat(40)} lock:hello.x-9876543210`;
      });
      expect(commit).toMatchObject({ status: 200 });
    });

    it(`may stamp a ${kind.kind} for good, as the API server then has it`, async () => {
      const { path, object } = await make(kind, await createNamespace(OPTED_IN));
      const after = structuredClone(object);
      rollOut(after);
      const body = compare(object, after);
      const answer = await account()({ method: 'PATCH', path, body, contentType: 'application/json-patch+json' });
      expect(answer).toMatchObject({ status: 200 });
      const second = await account()({
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels: { [FOLLOWED_LABEL]: 'f'.repeat(32) } } },
      });
      expect(second).toMatchObject({ status: 200 });
    });

    it(`may change nothing else of a ${kind.kind}, whichever way it asks, not even along with a stamp`, async () => {
      const namespace = await createNamespace(OPTED_IN);
      const { path, object } = await make(kind, namespace, { labels: { [ROLLOUT_LABEL]: 'manual' } });
      // A label that is there, to be taken away.
      const withStamp: Change[] = [() => undefined, (changed) => (changed.metadata.labels[FOLLOWED_LABEL] = FOLLOWED)];
      for (const [what, { change, removes }] of Object.entries(forbidden(kind))) {
        for (const way of WAYS) {
          // An apply takes away only what the same manager applied.
          if (removes === true && way === 'server-side apply') continue;
          for (const also of withStamp) {
            const answer = await send(account(), way, path, object, (changed) => {
              also(changed);
              change(changed);
            });
            expect({ what, way, ...answer }).toMatchObject({ status: 422 });
            expect(answer.message).toContain("ValidatingAdmissionPolicy 'buildless-control-workloads'");
          }
        }
      }
    });

    it(`may not stamp a ${kind.kind} that is rolled out by hand, is not a Function, or is in a namespace without Functions`, async () => {
      const optedIn = await createNamespace(OPTED_IN);
      const manual = await make(kind, optedIn, { labels: { [ROLLOUT_LABEL]: 'manual' } });
      const other = await make(kind, await createNamespace(OPTED_IN), { isFunction: false });
      const elsewhere = await make(kind, await createNamespace());
      for (const { path, object } of [manual, other, elsewhere]) {
        for (const way of WAYS) {
          const answer = await send(account(), way, path, object, rollOut);
          expect(answer.message).toContain("ValidatingAdmissionPolicy 'buildless-control-workloads'");
        }
      }
    });

    it(`may not create, delete or scale a ${kind.kind}, nor write its status`, async () => {
      const namespace = await createNamespace(OPTED_IN);
      const { path, object } = await make(kind, namespace);
      const collection = path.replace(/\/hello$/, '');
      const { metadata, ...rest } = object;
      const created = {
        ...rest,
        metadata: { name: 'second', labels: metadata.labels, annotations: metadata.annotations },
      };
      const answers = [
        await account()({ method: 'POST', path: collection, body: created }),
        await account()({ method: 'DELETE', path }),
        await account()({ method: 'DELETE', path: collection }),
        await put(
          account(),
          `${path}/status`,
          'dryRun=All',
          (now) => (now.status = { ...(isObject(now.status) ? now.status : {}), observedGeneration: 7 }),
        ),
        await account()({
          method: 'PATCH',
          path: `${path}/status`,
          body: { metadata: { labels: { evil: 'yes' } } },
          contentType: 'application/merge-patch+json',
        }),
        ...(['Deployment', 'StatefulSet'].includes(kind.kind)
          ? [
              await account()({
                method: 'PATCH',
                path: `${path}/scale`,
                body: { spec: { replicas: 9 } },
                contentType: 'application/merge-patch+json',
              }),
            ]
          : []),
      ];
      for (const { message } of answers) expect(message).toMatch(/ValidatingAdmissionPolicy 'buildless-control/);
      expect(
        await kubectlOk(['get', `${kind.resource}.${kind.group.split('/')[0] ?? ''}`, '-n', namespace, '-o', 'name']),
      ).toMatch(/\/hello\n$/);
    });
  }

  it('may stamp a Deployment of 1.2 MB', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const [kind] = KINDS;
    if (kind === undefined) throw new Error('no kinds');
    const env = Array.from({ length: 4000 }, (_, index) => ({ name: `V${index}`, value: 'x'.repeat(260) }));
    const pod = template({ [FUNCTION_LABEL]: 'hello' }) as Template;
    pod.spec.containers = [{ name: 'function', image: 'own:1', env }];
    const large = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'hello' }, spec: kind.spec(pod) };
    const made = await kubectlOk(['create', '-n', namespace, '-o', 'json', '-f', '-'], large);
    expect(made.length).toBeGreaterThan(1_200_000);
    const object = JSON.parse(made) as Workload;
    const answer = await account()({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/hello`,
      contentType: 'application/json-patch+json',
      body: [
        { op: 'test', path: '/metadata/uid', value: object.metadata.uid },
        { op: 'add', path: '/metadata/labels', value: { [FOLLOWED_LABEL]: FOLLOWED } },
        { op: 'add', path: '/spec/template/metadata/annotations/buildless.dev~1revision', value: STAMP },
      ],
    });
    expect(answer).toMatchObject({ status: 200 });
  });
});
