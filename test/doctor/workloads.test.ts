import { expect, it } from 'vitest';
import type { Answer } from '../../src/api-server/answer.ts';
import { workloads } from '../../src/doctor/checks/workloads.ts';
import { field } from '../../src/kubernetes/fields.ts';
import { clusterAsInstalled, found, missing } from './cluster-as-installed.ts';

const refusal = (message: string, status = 403): Answer => ({ ok: false, status, message });
const BY_RUNTIME = refusal(
  'admission webhook "workloads.validate.buildless.dev" denied: unknown runtime "none-of-doctor"',
);
/** As the webhook does. */
const judged = (body: object): Answer => (JSON.stringify(body).includes('none-of-doctor') ? BY_RUNTIME : found(body));

/** What the check reports where the API server answers so, by kind. */
async function report(
  answers: Readonly<Record<string, (body: object) => Answer>>,
  groups: readonly string[] = [],
  configuration = '{}',
): Promise<readonly string[]> {
  const cluster = clusterAsInstalled({
    get: {
      'configmaps/buildless-config': found({ data: { 'config.yaml': configuration } }),
      ...Object.fromEntries(groups.map((group) => [group, found({ preferredVersion: { version: 'v1beta3' } })])),
    },
    post: (body) => (answers[String(field(body, 'kind'))] ?? judged)(body),
  });
  const results = await workloads(cluster);
  return results.map(({ status, detail, cure }) => `${status} ${detail}${cure === undefined ? '' : ` -> ${cure}`}`);
}

const BUILT_IN = 'Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob';
const GOOD = 'a good template is admitted, a faulty one is refused (dry run)';

it('asks for dry runs alone', async () => {
  const queries: unknown[] = [];
  await workloads({
    ...clusterAsInstalled(),
    post: (_, body, query) => {
      queries.push(query);
      return Promise.resolve(judged(body));
    },
  });
  expect(queries).toHaveLength(12);
  for (const query of queries) expect(query).toEqual({ dryRun: 'All' });
});

it('tries the kinds of every cluster, and those whose groups this one has, in the version that it prefers', async () => {
  const versions: unknown[] = [];
  const seen = (body: object): Answer => {
    versions.push(field(body, 'apiVersion'));
    return judged(body);
  };
  expect(await report({ JobSet: seen }, ['jobset.x-k8s.io'])).toEqual([`ok ${BUILT_IN}, JobSet: ${GOOD}`]);
  expect(new Set(versions)).toEqual(new Set(['jobset.x-k8s.io/v1beta3']));
});

it('makes one of a kind that only the configuration knows of its path', async () => {
  const templates = 'templates: [{ group: shop.example, kind: Fleet, path: spec.ships.*.template }]';
  const bodies: object[] = [];
  const seen = (body: object): Answer => {
    bodies.push(body);
    return judged(body);
  };
  expect(await report({ Fleet: seen }, ['shop.example'], templates)).toEqual([`ok ${BUILT_IN}, Fleet: ${GOOD}`]);
  expect(bodies[0]).toMatchObject({ spec: { ships: [{ template: { spec: { containers: [{ image: 'auto' }] } } }] } });
});

it('warns of a kind whose faulty templates nobody refuses', async () => {
  expect(await report({ Rollout: found }, ['argoproj.io'])).toEqual([
    `ok ${BUILT_IN}: ${GOOD}`,
    expect.stringMatching(/^warning Rollout: a faulty template is admitted.* -> name the kind under templates/),
  ]);
});

it('says nothing of a kind that its group does not have here', async () => {
  expect(await report({ Rollout: () => missing }, ['argoproj.io'])).toEqual([`ok ${BUILT_IN}: ${GOOD}`]);
});

it('skips what this user may not create, in one line', async () => {
  const no = (): Answer => refusal('daemonsets.apps is forbidden: User "dev" cannot create resource "daemonsets"');
  expect(await report({ DaemonSet: no, Job: no })).toEqual([
    `ok Deployment, StatefulSet, ReplicaSet, CronJob: ${GOOD}`,
    'skipped you may not create DaemonSet, Job in shop -> ask as a user who may, or name another --probe-namespace',
  ]);
});

it('fails if Buildless refuses a good template, or cannot be called', async () => {
  const broken = 'failed calling webhook "workloads.validate.buildless.dev": context deadline exceeded';
  expect((await report({ Job: () => refusal(broken, 500) }))[1]).toMatch(
    /^failed a good Job in shop is refused: .*firewall/,
  );
});

it('does not blame Buildless for what another webhook or a schema refuses', async () => {
  const other = refusal('admission webhook "vscaledjob.kb.io" denied the request: no such metadata', 400);
  expect((await report({ ScaledJob: () => other }, ['keda.sh']))[1]).toMatch(
    /^skipped ScaledJob was not tried.*vscaledjob/,
  );
});

it('reports nothing where no namespace opted in, as the check of a Function does', async () => {
  expect(await workloads(clusterAsInstalled({ get: { namespaces: found({ items: [] }) } }))).toEqual([]);
});
