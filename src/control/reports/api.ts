/** Which kind of reports the cluster has, and whether this process may write it. */
import { ApiError, type ApiServer } from '../../api-server/api-server.ts';
import { within } from '../../api-server/deadline.ts';
import { REPORT_KINDS, REPORT_NAME, reportsPath, type ReportKind } from '../../policy-report/kinds.ts';

const MILLISECONDS = 10_000;

/** With which list and watch are allowed by name. */
export const BY_NAME = `metadata.name=${REPORT_NAME}`;

/**
 * The kinds that can be listed, in the order in which they are preferred. Without the CRD the API server answers 404; 403
 * means that nobody installed the rights, so that nobody wants reports.
 *
 * @throws if the API server does not answer
 */
export async function availableKinds(server: ApiServer, signal: AbortSignal): Promise<readonly ReportKind[]> {
  const available: ReportKind[] = [];
  for (const kind of REPORT_KINDS) {
    try {
      const query = { fieldSelector: BY_NAME, limit: '1' };
      await within(signal, MILLISECONDS, (deadline) => server.list(reportsPath(kind), query, deadline));
      available.push(kind);
    } catch (error) {
      if (!(error instanceof ApiError) || ![403, 404].includes(error.status)) throw error;
    }
  }
  return available;
}
