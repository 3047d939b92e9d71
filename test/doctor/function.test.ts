import { expect, it } from 'vitest';
import type { Answer } from '../../src/api-server/answer.ts';
import type { Patient } from '../../src/doctor/check.ts';
import { dryRunFunction } from '../../src/doctor/checks/function.ts';

const refusal: Answer = { ok: false, status: 404, message: 'not found' };

/** A cluster with these namespaces that opted in, and the paths of what was created in it. */
function clusterWith(namespaces: readonly object[], answer: Answer = refusal): { patient: Patient; created: string[] } {
  const created: string[] = [];
  return {
    created,
    patient: {
      namespace: 'buildless-system',
      configuration: 'buildless',
      probeNamespace: undefined,
      get: (path) =>
        Promise.resolve(path === '/api/v1/namespaces' ? { ok: true, object: { items: namespaces } } : refusal),
      post: (path) => {
        created.push(path);
        return Promise.resolve(answer);
      },
      openPod: () => Promise.reject(new Error('there are no Pods')),
    },
  };
}

const going = { metadata: { name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' } };

it('tries a Function in the first namespace that opted in and is not about to go', async () => {
  const { patient, created } = clusterWith([going, { metadata: { name: 'staying' } }]);
  await dryRunFunction(patient);
  expect(created).toEqual(['/api/v1/namespaces/staying/pods']);
});

it('tries none where every namespace is about to go', async () => {
  const { patient, created } = clusterWith([going]);
  expect((await dryRunFunction(patient)).map(({ status }) => status)).toEqual(['skipped']);
  expect(created).toEqual([]);
});

const refusedWith = (message: string, status = 400): Answer => ({ ok: false, status, message });
const created = (annotations: object): Answer => ({ ok: true, object: { metadata: { annotations } } });

it.each<[string, Answer, object]>([
  ['that comes out injected', created({ 'buildless.dev/status': '{}' }), { status: 'ok' }],
  [
    'that comes back untouched',
    created({}),
    { status: 'failed', cure: expect.stringContaining('namespaceSelector') as string },
  ],
  [
    'that this user may not create',
    refusedWith('pods is forbidden: User "a" cannot create resource "pods"', 403),
    { status: 'skipped', cure: expect.stringContaining('--probe-namespace') as string },
  ],
  [
    'that would wait for the verdict of the controller',
    refusedWith('denied the request: nobody has compared its dependencies [release-age-unchecked]', 403),
    { status: 'ok' },
  ],
  [
    'whose webhook has another certificate',
    refusedWith('failed calling webhook: x509: certificate signed by unknown authority'),
    { status: 'failed', cure: expect.stringContaining('caBundle') as string },
  ],
  [
    'whose webhook cannot be reached',
    refusedWith('failed calling webhook "pods.validate.buildless.dev": context deadline exceeded'),
    { status: 'failed', cure: expect.stringContaining('NetworkPolicy') as string },
  ],
  [
    'that was not injected',
    refusedWith('the Pod is a Function and was not injected [not-injected]'),
    { status: 'failed', cure: expect.stringContaining('mutating webhook') as string },
  ],
  [
    'that is refused for any other reason',
    refusedWith('quota exceeded'),
    { status: 'failed', cure: expect.stringContaining('docs/outcomes.md') as string },
  ],
])('judges a Function %s', async (_, answer, expected) => {
  const { patient } = clusterWith([{ metadata: { name: 'shop' } }], answer);
  expect(await dryRunFunction(patient)).toMatchObject([expected]);
});

it('names a commit, as a branch may have to wait for the controller', async () => {
  const sources: unknown[] = [];
  const { patient } = clusterWith([{ metadata: { name: 'staying' } }]);
  const post: Patient['post'] = (_, body) => {
    sources.push(body);
    return Promise.resolve(refusal);
  };
  await dryRunFunction({ ...patient, post });
  expect(JSON.stringify(sources)).toMatch(/ref=(?!0{40})[0-9a-f]{40}"/);
});
