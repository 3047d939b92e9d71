import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/api-server/answer.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import { controller } from '../../src/doctor/checks/controller.ts';
import { text } from '../../src/kubernetes/fields.ts';
import { CONTROL_POLICIES } from '../../src/installation/names.ts';

const missing: Answer = { ok: false, status: 404, message: 'not found' };
const found = (object: object): Answer => ({ ok: true, object });
const unused = () => Promise.reject(new Error('not asked here'));

const policy = found({
  spec: {
    failurePolicy: 'Fail',
    matchConditions: [
      { expression: "request.userInfo.username == 'system:serviceaccount:buildless-system:buildless-control'" },
    ],
  },
});

interface Cluster {
  readonly changed?: Readonly<Record<string, Answer>>;
  /** Whether somebody renews the Lease. */
  readonly renewed?: boolean;
  readonly has?: (verb: string, resource: string) => boolean;
}

const needed = (verb: string, resource: string): boolean =>
  !['deletecollection', 'update', 'bind'].includes(verb) &&
  !['secrets', 'validatingadmissionpolicies'].includes(resource)
    ? !(resource === 'pods' && verb === 'create') && resource !== 'scale'
    : resource === 'leases';

/** A cluster with a controller that works, but for what is given, by the end of its path. */
async function examined({ changed = {}, renewed = true, has = needed }: Cluster): Promise<readonly CheckResult[]> {
  let reads = 0;
  const objects: Readonly<Record<string, Answer>> = {
    'deployments/buildless-control': found({ spec: { replicas: 2 }, status: { readyReplicas: 2 } }),
    'configmaps/buildless-config': found({ data: { 'config.yaml': '' } }),
    ...Object.fromEntries(
      CONTROL_POLICIES.flatMap((name) => [
        [`validatingadmissionpolicies/${name}`, policy],
        [`validatingadmissionpolicybindings/${name}`, found({ spec: { validationActions: ['Deny'] } })],
      ]),
    ),
    ...changed,
  };
  return await controller(1)({
    namespace: 'buildless-system',
    configuration: 'buildless',
    probeNamespace: undefined,
    get: (path) => {
      if (path.endsWith('/leases/buildless-control') && !('leases/buildless-control' in changed)) {
        reads += renewed ? 1 : 0;
        return Promise.resolve(
          found({ metadata: { resourceVersion: String(reads) }, spec: { holderIdentity: 'one' } }),
        );
      }
      return Promise.resolve(Object.entries(objects).find(([end]) => path.endsWith(`/${end}`))?.[1] ?? missing);
    },
    post: (_path, body) => {
      const verb = text(body, 'spec', 'resourceAttributes', 'verb');
      const subresource = text(body, 'spec', 'resourceAttributes', 'subresource');
      const resource = subresource === '' ? text(body, 'spec', 'resourceAttributes', 'resource') : subresource;
      return Promise.resolve(found({ status: { allowed: has(verb, resource) } }));
    },
    openPod: unused,
  });
}

describe('doctor looks at the controller', () => {
  it('is content with one that leads within its rights and policies', async () => {
    expect(await examined({})).toMatchObject([{ status: 'ok' }]);
  });

  it('finds that nobody leads, whatever time the Lease has', async () => {
    const [result] = await examined({ renewed: false });
    expect(result).toMatchObject({ status: 'failed', detail: expect.stringContaining('no replica leads') as string });
    const [never] = await examined({ changed: { 'leases/buildless-control': missing } });
    expect(never?.detail).toContain('no replica has led yet');
  });

  it.each([
    ['none is installed, but revisions.locks', { 'deployments/buildless-control': missing }],
    [
      '1 of 2 replicas',
      { 'deployments/buildless-control': found({ spec: { replicas: 2 }, status: { readyReplicas: 1 } }) },
    ],
    ['does not exist', { 'validatingadmissionpolicies/buildless-control-revisions': missing }],
    [
      'does not limit',
      { 'validatingadmissionpolicies/buildless-control': found({ spec: { failurePolicy: 'Ignore' } }) },
    ],
    [
      'does not deny',
      {
        'validatingadmissionpolicybindings/buildless-control-workloads': found({
          spec: { validationActions: ['Audit'] },
        }),
      },
    ],
  ])('finds that %s', async (detail, changed) => {
    const results = await examined({ changed });
    expect(results).toMatchObject([{ status: 'failed', detail: expect.stringContaining(detail) as string }]);
    expect(results[0]?.cure).not.toBe('');
  });

  it('finds rights that are missing, and rights that it does not need', async () => {
    const less = await examined({ has: (verb, resource) => resource !== 'rollouts' && needed(verb, resource) });
    expect(less).toMatchObject([
      { status: 'failed', detail: expect.stringContaining('may not list rollouts') as string },
    ]);
    const more = await examined({ has: () => true });
    expect(more[0]?.detail).toContain('may list secrets');
    expect(more[0]?.detail).toContain('patch deployments/scale');
  });

  it('expects none if only locks of authors count', async () => {
    const changed = {
      'deployments/buildless-control': missing,
      'configmaps/buildless-config': found({ data: { 'config.yaml': 'revisions: {locks: author}\n' } }),
    };
    expect(await examined({ changed })).toMatchObject([{ status: 'ok' }]);
  });
});
