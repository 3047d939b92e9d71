import { expect, it } from 'vitest';
import type { Answer } from '../../src/api-server/answer.ts';
import type { Patient } from '../../src/doctor/check.ts';
import { dryRunFunction } from '../../src/doctor/checks/function.ts';

/** A cluster with these namespaces that opted in, and the paths of what was created in it. */
function clusterWith(namespaces: readonly object[]): { patient: Patient; created: string[] } {
  const created: string[] = [];
  const refusal: Answer = { ok: false, status: 404, message: 'not found' };
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
        return Promise.resolve(refusal);
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
