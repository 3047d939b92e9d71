/** The reports of all namespaces, as a viewer follows them. */
import type { ApiServer } from '../../src/api-server/api-server.ts';
import { Reflector } from '../../src/api-server/reflector.ts';
import { valueAt } from '../../src/manifests/templates.ts';
import { REPORT_KINDS, REPORT_NAME, reportsPath } from '../../src/policy-report/kinds.ts';
import { reportDefinition } from '../../test/cluster/report-schema.ts';
import { quiet } from './deployed.ts';
import { never, post } from './requests.ts';

export interface FollowedReport {
  readonly results: number;
  readonly failed: number;
}

const [KIND] = REPORT_KINDS;

/** Makes openreports.io known to the API server, and follows the reports. */
export async function followReports(server: ApiServer): Promise<Reflector<FollowedReport>> {
  if (KIND === undefined) throw new Error('no kind of reports');
  const path = reportsPath(KIND);
  await post(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', reportDefinition(KIND));
  for (let isServed = false; !isServed;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    isServed = await server.list(path, {}, never).then(
      () => true,
      () => false,
    );
  }
  const reports = new Reflector<FollowedReport>({
    ...{ server, path, logger: quiet, fieldSelector: `metadata.name=${REPORT_NAME}`, pageSize: 50 },
    entryOf: (object) => {
      const results = valueAt(object, ['results']);
      return {
        results: Array.isArray(results) ? results.length : 0,
        failed: Number(valueAt(object, ['summary', 'fail'])),
      };
    },
  });
  reports.start();
  return reports;
}

export const isEach = (
  reports: Reflector<FollowedReport>,
  count: number,
  isGood: (report: FollowedReport) => boolean,
): boolean => [...reports.values()].filter(isGood).length === count;
