import { createInterface } from 'node:readline/promises';
import { apiServer, type ApiServer } from '../../cluster/api-server.ts';
import { loadKubeConfig } from '../../cluster/kube-config.ts';
import { asker } from '../../cluster/patient.ts';
import type { Answer } from '../../doctor/check.ts';
import { list, text } from '../../kubernetes/fields.ts';
import { FUNCTION_LABEL, NAMESPACE_LABEL, OPTED_IN_SELECTOR, REVISION_OF_LABEL } from '../../function/keys.ts';
import { inventory, type Item } from '../../installation/inventory.ts';
import { PART_OF } from '../../installation/names.ts';
import type { UninstallOptions } from '../commands/uninstall.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';

const DEADLINE = 30_000;

/** `buildless uninstall`. */
export async function uninstall(options: UninstallOptions): Promise<ExitStatus> {
  const { kubeconfig, context, namespace, dryRun } = options;
  const config = await loadKubeConfig(kubeconfig, context).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  if (typeof config === 'string') {
    printFindings('error', [{ problem: config, fix: 'name a cluster with --kubeconfig, as for kubectl' }]);
    return EXIT.wrongInput;
  }
  const server = apiServer(config);
  const ask = asker(DEADLINE);
  const get = (path: string, query = {}): Promise<Answer> => ask((signal) => server.get(path, query, signal));
  const where = `context ${config.getCurrentContext()} (${config.getCurrentCluster()?.server ?? ''})`;
  process.stdout.write(`${dryRun === true ? 'Looking at' : 'Removing Buildless from'} ${where}\n`);
  if (dryRun !== true && options.yes !== true && process.stdin.isTTY && !(await confirmed(get, where))) {
    server.close();
    process.stdout.write('Nothing is removed.\n');
    return EXIT.wrongInput;
  }
  let found = 0;
  let failures = 0;
  for (const item of inventory(namespace)) {
    const outcome = await remove(item, server, ask, dryRun === true);
    if (outcome === 'absent') continue;
    found += 1;
    if (outcome === 'failed') failures += 1;
    // While the API server still calls us, nothing of what it calls may go.
    if (outcome === 'failed' && item.kind.endsWith('WebhookConfiguration')) break;
  }
  if (found === 0) process.stdout.write(`nothing of Buildless is installed, and no namespace ${namespace}\n`);
  await tellWhatStays(get);
  server.close();
  return failures === 0 ? EXIT.done : EXIT.refused;
}

/** Asks a person, who may have another cluster in mind. */
async function confirmed(
  get: (path: string, query?: Record<string, string>) => Promise<Answer>,
  where: string,
): Promise<boolean> {
  const pods = await get('/api/v1/pods', { labelSelector: FUNCTION_LABEL });
  const running = pods.ok ? list(pods.object, 'items').length : 0;
  if (running > 0) {
    process.stdout.write(`${running} Pods of Functions run there; they run on, and new ones do not start any more.\n`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Remove Buildless from ${where}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function remove(
  { kind, name, path }: Item,
  server: ApiServer,
  ask: ReturnType<typeof asker>,
  dryRun: boolean,
): Promise<'absent' | 'stays' | 'removed' | 'failed'> {
  const title = `${kind} ${name}`;
  const answer = await ask((signal) => server.get(path, {}, signal));
  if (!answer.ok && answer.status === 404) return 'absent';
  if (!answer.ok) return fail(title, answer.message);
  if (text(answer.object, 'metadata', 'labels', PART_OF.label) !== PART_OF.value) {
    process.stdout.write(`${title}: stays, as it has no label ${PART_OF.label}=${PART_OF.value}\n`);
    return 'stays';
  }
  if (dryRun) {
    process.stdout.write(`${title}: would be removed\n`);
    return 'removed';
  }
  // Exactly the object that was looked at, not one of the same name that came after it.
  const body = { preconditions: { uid: text(answer.object, 'metadata', 'uid') }, propagationPolicy: 'Background' };
  const deleted = await ask((signal) => server.change({ method: 'DELETE', path, body }, signal));
  if (!deleted.ok && deleted.status !== 404) return fail(title, deleted.message);
  process.stdout.write(`${title}: removed\n`);
  return 'removed';
}

function fail(title: string, message: string): 'failed' {
  printFindings('error', [
    { problem: `${title} cannot be removed (${message})`, fix: 'ask as a cluster administrator' },
  ]);
  return 'failed';
}

/** What is the users' own, and no longer means anything. */
async function tellWhatStays(get: (path: string, query?: Record<string, string>) => Promise<Answer>): Promise<void> {
  const [pods, namespaces, revisions] = await Promise.all([
    get('/api/v1/pods', { labelSelector: FUNCTION_LABEL }),
    get('/api/v1/namespaces', { labelSelector: OPTED_IN_SELECTOR }),
    get('/api/v1/configmaps', { labelSelector: REVISION_OF_LABEL }),
  ]);
  const running = pods.ok ? list(pods.object, 'items').length : 0;
  const optedIn = namespaces.ok ? list(namespaces.object, 'items').map((each) => text(each, 'metadata', 'name')) : [];
  if (running > 0) {
    process.stdout.write(
      `stays: ${running} ${running === 1 ? 'Pod' : 'Pods'} of Functions, which run on; new ones do not start without the webhook\n`,
    );
  }
  const stored = revisions.ok ? list(revisions.object, 'items').length : 0;
  if (stored > 0) {
    process.stdout.write(
      `stays: ${stored} ${stored === 1 ? 'ConfigMap' : 'ConfigMaps'} with revisions, which Pods mount and which go with their workloads; once nothing needs them:\n` +
        `  kubectl delete configmap -A -l ${REVISION_OF_LABEL}\n`,
    );
  }
  if (optedIn.length > 0) {
    process.stdout.write(
      `stays: the label of ${optedIn.length} namespaces; take it away with\n` +
        `  kubectl label namespace -l '${OPTED_IN_SELECTOR}' ${NAMESPACE_LABEL}-\n`,
    );
  }
}
