import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/api-server/answer.ts';
import type { CheckResult } from '../../src/doctor/check.ts';
import { reports } from '../../src/doctor/checks/reports.ts';
import { text } from '../../src/kubernetes/fields.ts';

const found = (object: object): Answer => ({ ok: true, object });
const refused = (status: number): Answer => ({ ok: false, status, message: 'no' });

interface Cluster {
  readonly groups?: readonly string[];
  readonly may?: (verb: string, resource: string) => boolean;
  readonly controller?: boolean;
  readonly listed?: Answer;
}

async function examined({ groups = [], may = () => false, controller = true, listed }: Cluster): Promise<CheckResult> {
  const [result, ...more] = await reports({
    namespace: 'buildless-system',
    configuration: 'buildless',
    probeNamespace: undefined,
    get: (path) => {
      if (path.includes('/deployments/')) return Promise.resolve(controller ? found({}) : refused(404));
      const group = groups.find((each) => path.startsWith(`/apis/${each}/`));
      if (group === undefined) return Promise.resolve(refused(404));
      const isList = path.split('/').length > 4;
      return Promise.resolve(isList ? (listed ?? found({ items: [{}, {}] })) : found({ kind: 'APIResourceList' }));
    },
    post: (_path, body) => {
      const verb = text(body, 'spec', 'resourceAttributes', 'verb');
      const resource = text(body, 'spec', 'resourceAttributes', 'resource');
      return Promise.resolve(found({ status: { allowed: may(verb, resource) } }));
    },
    openPod: () => Promise.reject(new Error('not asked here')),
  });
  expect(more).toEqual([]);
  if (result === undefined) throw new Error('no result');
  return result;
}

const all = (): boolean => true;

describe('doctor says whether reports are written', () => {
  it('not without a controller, not without the component', async () => {
    expect(await examined({ controller: false })).toMatchObject({ status: 'ok' });
    expect(await examined({})).toEqual({
      check: 'Reports',
      status: 'ok',
      detail: 'none are written; the component is not installed',
    });
    expect((await examined({ groups: ['wgpolicyk8s.io'] })).detail).toBe(
      'none are written; to have PolicyReports: apply deploy/components/reports, or set reports.enabled of the chart',
    );
  });

  it('which kind, and of how many namespaces if it may count them', async () => {
    const both = ['wgpolicyk8s.io', 'openreports.io'];
    expect(await examined({ groups: both, may: all })).toMatchObject({
      status: 'ok',
      detail: 'Reports of openreports.io/v1alpha1, of 2 namespaces',
    });
    expect(await examined({ groups: ['wgpolicyk8s.io'], may: all, listed: refused(403) })).toMatchObject({
      status: 'ok',
      detail: 'PolicyReports of wgpolicyk8s.io/v1alpha2',
    });
  });

  it('that the CRD is missing, or a right', async () => {
    const nothing = await examined({ may: all });
    expect(nothing.status).toBe('warning');
    expect(nothing.cure).toContain('reports.openreports.io or policyreports.wgpolicyk8s.io');
    const half = await examined({ groups: ['wgpolicyk8s.io'], may: (verb) => verb !== 'update' });
    expect(half.status).toBe('failed');
    expect(half.detail).toContain('may not update reports/buildless, update policyreports/buildless');
  });
});
