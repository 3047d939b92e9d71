import { createInterface } from 'node:readline/promises';
import { list, text } from '../../kubernetes/fields.ts';
import { FUNCTION_LABEL, NAMESPACE_LABEL, OPTED_IN_SELECTOR, REVISION_OF_LABEL } from '../../function/keys.ts';
import { inventory, type Item } from '../../installation/inventory.ts';
import { PART_OF, REPORT_WRITER } from '../../installation/names.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';
import { openCluster, type OpenCluster } from './open-cluster.ts';
import { noCluster } from './status.ts';
import { findReports, tellReports, type HandledReports } from './uninstalled-reports.ts';
import { writeData } from './write-data.ts';
import type { UninstallOptions } from '../options/uninstall.ts';

/** What became of an object of the installation. */
interface Handled extends Item {
  readonly outcome: 'removed' | 'would be removed' | 'stays' | 'failed';
  readonly reason?: string;
}

/** What belongs to the users, and means nothing without the installation. */
interface Left {
  readonly pods: number;
  readonly revisions: number;
  readonly namespaces: readonly string[];
}

type Say = (line: string) => void;

/** `buildless uninstall`. */
export async function uninstall(options: UninstallOptions): Promise<ExitStatus> {
  const form = dataForm(options);
  const say: Say = (line) => {
    if (form === undefined) process.stdout.write(`${line}\n`);
  };
  const cluster = await openCluster(options, (title) => {
    say(`${options.dryRun === true ? 'Looking at' : 'Removing Buildless from'} ${title}`);
  });
  if ('problem' in cluster) return noCluster(cluster);
  try {
    return await removeFrom(cluster, options, say);
  } finally {
    cluster.close();
  }
}

const dataForm = ({ output }: UninstallOptions): 'json' | 'yaml' | undefined =>
  output === 'json' || output === 'yaml' ? output : undefined;

async function removeFrom(cluster: OpenCluster, options: UninstallOptions, say: Say): Promise<ExitStatus> {
  const dryRun = options.dryRun === true;
  const wide = options.output === 'wide';
  if (!dryRun && options.yes !== true && process.stdin.isTTY && !(await confirmed(cluster))) {
    process.stderr.write('Nothing is removed.\n');
    return EXIT.wrongInput;
  }
  const objects: Handled[] = [];
  const reports: HandledReports[] = [];
  for (const item of inventory(options.namespace)) {
    const owned = item.kind === 'ClusterRole' && item.name === REPORT_WRITER ? await findReports(cluster) : undefined;
    const handled = await remove(item, cluster, dryRun);
    if (handled !== undefined) {
      objects.push(handled);
      tell(handled, say, wide);
    }
    for (const each of owned?.(handled?.outcome) ?? []) {
      reports.push(each);
      tellReports(each, say, wide);
    }
    // While the API server still calls us, nothing of what it calls may go.
    if (handled?.outcome === 'failed' && item.kind.endsWith('WebhookConfiguration')) break;
  }
  if (objects.length === 0) say(`Buildless is not installed, and the namespace ${options.namespace} does not exist`);
  const left = await whatIsLeft(cluster);
  tellWhatIsLeft(left, say);
  const form = dataForm(options);
  if (form !== undefined) writeData({ cluster: cluster.title, dryRun, objects, reports, left }, form);
  return objects.some(({ outcome }) => outcome === 'failed') ? EXIT.refused : EXIT.done;
}

/** Asks a person, who may have another cluster in mind. */
async function confirmed({ get, title }: OpenCluster): Promise<boolean> {
  const pods = await get('/api/v1/pods', { labelSelector: FUNCTION_LABEL });
  const running = pods.ok ? list(pods.object, 'items').length : 0;
  if (running > 0) {
    process.stderr.write(`${running} Pods of Functions run there; they run on, and new ones do not start any more.\n`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Remove Buildless from ${title}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** @returns undefined if there is no such object */
async function remove(item: Item, { get, change }: OpenCluster, dryRun: boolean): Promise<Handled | undefined> {
  const answer = await get(item.path);
  if (!answer.ok && answer.status === 404) return undefined;
  if (!answer.ok) return { ...item, outcome: 'failed', reason: answer.message };
  if (text(answer.object, 'metadata', 'labels', PART_OF.label) !== PART_OF.value) {
    return { ...item, outcome: 'stays', reason: `it has no label ${PART_OF.label}=${PART_OF.value}` };
  }
  if (dryRun) return { ...item, outcome: 'would be removed' };
  // Exactly the object that was looked at, not one of the same name that came after it.
  const body = { preconditions: { uid: text(answer.object, 'metadata', 'uid') }, propagationPolicy: 'Background' };
  const deleted = await change({ method: 'DELETE', path: item.path, body });
  if (!deleted.ok && deleted.status !== 404) return { ...item, outcome: 'failed', reason: deleted.message };
  return { ...item, outcome: 'removed' };
}

function tell({ kind, name, path, outcome, reason = '' }: Handled, say: Say, wide: boolean): void {
  const title = wide ? `${kind} ${name} (${path})` : `${kind} ${name}`;
  if (outcome === 'failed') {
    const fix = 'ask as a cluster administrator';
    printFindings('error', [{ problem: `${title} cannot be removed (${reason})`, fix }]);
  } else say(`${title}: ${outcome}${reason === '' ? '' : `, as ${reason}`}`);
}

async function whatIsLeft({ get }: OpenCluster): Promise<Left> {
  const [pods, namespaces, revisions] = await Promise.all([
    get('/api/v1/pods', { labelSelector: FUNCTION_LABEL }),
    get('/api/v1/namespaces', { labelSelector: OPTED_IN_SELECTOR }),
    get('/api/v1/configmaps', { labelSelector: REVISION_OF_LABEL }),
  ]);
  return {
    pods: pods.ok ? list(pods.object, 'items').length : 0,
    revisions: revisions.ok ? list(revisions.object, 'items').length : 0,
    namespaces: namespaces.ok ? list(namespaces.object, 'items').map((each) => text(each, 'metadata', 'name')) : [],
  };
}

function tellWhatIsLeft({ pods, revisions, namespaces }: Left, say: Say): void {
  if (pods > 0) {
    say(
      `stays: ${pods} ${pods === 1 ? 'Pod' : 'Pods'} of Functions, which run on; new ones do not start without the webhook`,
    );
  }
  if (revisions > 0) {
    say(
      `stays: ${revisions} ${revisions === 1 ? 'ConfigMap' : 'ConfigMaps'} with revisions, which Pods mount and which go with their workloads; once nothing needs them:`,
    );
    say(`  kubectl delete configmap -A -l ${REVISION_OF_LABEL}`);
  }
  if (namespaces.length > 0) {
    say(`stays: the label of ${namespaces.length} namespaces; remove it with`);
    say(`  kubectl label namespace -l '${OPTED_IN_SELECTOR}' ${NAMESPACE_LABEL}-`);
  }
}
