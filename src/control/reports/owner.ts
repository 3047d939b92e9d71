/**
 * Who owns the reports: the ClusterRole that lets the controller write them. When an administrator takes the right away, or
 * uninstalls Buildless with whatever tool, the garbage collector removes the reports.
 */
import { ApiError, type ApiServer } from '../../api-server/api-server.ts';
import { within } from '../../api-server/deadline.ts';
import { REPORT_WRITER } from '../../installation/names.ts';
import { valueAt } from '../../manifests/templates.ts';
import type { ReportOwner } from '../../policy-report/report.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const MILLISECONDS = 10_000;
/** Thousands of reports may be made at once. */
const KNOWN_MILLISECONDS = 10_000;

export class ReportOwners {
  private known: { readonly owner: ReportOwner | undefined; readonly until: number } | undefined;

  constructor(private readonly server: ApiServer) {}

  /** @returns undefined if it does not exist: whoever runs the controller has other rights */
  async owner(signal: AbortSignal): Promise<ReportOwner | undefined> {
    if (this.known !== undefined && performance.now() < this.known.until) return this.known.owner;
    const owner = await this.read(signal);
    this.known = { owner, until: performance.now() + KNOWN_MILLISECONDS };
    return owner;
  }

  private async read(signal: AbortSignal): Promise<ReportOwner | undefined> {
    const path = `/apis/${RBAC}/clusterroles/${REPORT_WRITER}`;
    try {
      const role = await within(signal, MILLISECONDS, (deadline) => this.server.get(path, {}, deadline));
      const uid = valueAt(role, ['metadata', 'uid']);
      return typeof uid === 'string' ? { apiVersion: RBAC, kind: 'ClusterRole', name: REPORT_WRITER, uid } : undefined;
    } catch (error) {
      if (error instanceof ApiError && [403, 404].includes(error.status)) return undefined;
      throw error;
    }
  }
}
