/** Reports of namespaces that the controller wrote: the garbage collector removes them with the ClusterRole that owns them. */
import { asker } from '../../api-server/answer.ts';
import { list, text } from '../../kubernetes/fields.ts';
import { REPORT_WRITER } from '../../installation/names.ts';
import { REPORT_KINDS, REPORT_LABELS, REPORT_NAME, reportsPath, type ReportKind } from '../../policy-report/kinds.ts';
import type { OpenCluster } from './open-cluster.ts';

/** The reports of one kind that meet the same end. */
export interface HandledReports {
  readonly kind: string;
  readonly apiVersion: string;
  readonly outcome: 'removed' | 'would be removed' | 'stays' | 'unknown';
  /** Of the reports; empty if they could not be read. */
  readonly namespaces: readonly string[];
  readonly reason?: string;
}

type RoleOutcome = 'removed' | 'would be removed' | 'stays' | 'failed' | undefined;

const MILLISECONDS = 30_000;
const OURS = Object.entries(REPORT_LABELS)
  .map(([key, value]) => `${key}=${value}`)
  .join();

/**
 * Looks before the ClusterRole goes.
 *
 * @returns what becomes of the reports, by what became of the ClusterRole; undefined if there is none
 */
export async function findReports({ server }: OpenCluster): Promise<(role: RoleOutcome) => readonly HandledReports[]> {
  const ask = asker(MILLISECONDS);
  const read = await Promise.all(
    REPORT_KINDS.map(async (kind) => {
      const query = { labelSelector: OURS, fieldSelector: `metadata.name=${REPORT_NAME}` };
      // Each report may have 512 KiB.
      const answer = await ask((signal) => server.list(reportsPath(kind), query, signal, 'metadata'));
      return { kind, answer };
    }),
  );
  return (role) =>
    read.flatMap(({ kind: { kind, apiVersion }, answer }): readonly HandledReports[] => {
      const about = { kind, apiVersion };
      if (!answer.ok && answer.status === 404) return [];
      if (!answer.ok) {
        return role === undefined ? [] : [{ ...about, outcome: 'unknown', namespaces: [], reason: answer.message }];
      }
      const items = list(answer.object, 'items');
      const owned = items.filter(isOwned);
      const alone = items.filter((item) => !isOwned(item));
      // Without the ClusterRole they are being removed already.
      const outcome = role === 'failed' ? 'stays' : role;
      return [
        ...(outcome === undefined ? [] : [{ ...about, outcome, namespaces: namespacesOf(owned) }]),
        { ...about, outcome: 'stays' as const, namespaces: namespacesOf(alone), reason: 'it has no owner' },
      ].filter(({ namespaces }) => namespaces.length > 0);
    });
}

const isOwned = (report: unknown): boolean =>
  list(report, 'metadata', 'ownerReferences').some(
    (owner) => text(owner, 'kind') === 'ClusterRole' && text(owner, 'name') === REPORT_WRITER,
  );

const namespacesOf = (reports: readonly unknown[]): readonly string[] =>
  reports.map((report) => text(report, 'metadata', 'namespace')).sort();

/** @param wide with the names of the namespaces */
export function tellReports(
  { kind, apiVersion, outcome, namespaces, reason = '' }: HandledReports,
  say: (line: string) => void,
  wide: boolean,
): void {
  const where = namespaces.length === 1 ? `namespace ${namespaces.join()}` : `${namespaces.length} namespaces`;
  const names = wide && namespaces.length > 1 ? ` (${namespaces.join(', ')})` : '';
  const title = `${kind} ${REPORT_NAME} in ${where}${names}`;
  if (outcome === 'unknown') say(`${kind}: not counted (${reason}); reports go with ClusterRole ${REPORT_WRITER}`);
  else if (outcome !== 'stays') say(`${title}: ${outcome} with ClusterRole ${REPORT_WRITER}`);
  else {
    say(`${title}: stays${reason === '' ? '' : `, as ${reason}`}; remove it with`);
    say(`  kubectl delete ${resourceOf(apiVersion)} -A -l ${OURS} --field-selector metadata.name=${REPORT_NAME}`);
  }
}

/** As kubectl takes it if several groups have the same resource. */
function resourceOf(apiVersion: ReportKind['apiVersion']): string {
  const { resource = '', group = '' } = REPORT_KINDS.find((each) => each.apiVersion === apiVersion) ?? {};
  return `${resource}.${group}`;
}
