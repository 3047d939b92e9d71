import { describe, expect } from 'vitest';
import { FUNCTION_LABEL, STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { functionPod, source } from './functions.ts';
import { cluster, given, it } from './given.ts';
import { installWebhook, RESTRICTED } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';

const NAMESPACES = 500;
const CONFIG_MAPS = 5000;
/** Like an ordinary Function: some 4 kB of code. */
const CODE = `module.exports = { main: () => 'hello' };\n${'// one more line of an ordinary handler\n'.repeat(100)}`;

/** Runs work for 0, 1, ... count-1, so many at a time. */
async function inParallel(count: number, width: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

describe(`a cluster with ${NAMESPACES} namespaces and ${CONFIG_MAPS} labelled ConfigMaps`, () => {
  const installed = given(() => installWebhook());

  it('is followed whole, also by a webhook that starts into it; figures are printed', async () => {
    const api = coreApi();
    const prefix = `scale-${process.pid}`;
    const labels = { 'buildless-test': 'yes' };
    const restricted = await createNamespace(RESTRICTED);
    await inParallel(NAMESPACES, 20, (index) =>
      api.createNamespace({ body: { metadata: { name: `${prefix}-${index}`, labels } } }),
    );
    const names = Array.from({ length: NAMESPACES }, (_, index) => `${prefix}-${index}`);
    await inParallel(CONFIG_MAPS, 20, (index) => {
      const namespace = names[index % names.length] ?? '';
      return api.createNamespacedConfigMap({ namespace, body: source(`function-${index}`, { 'handler.js': CODE }) });
    });
    try {
      await kubectlOk(['create', '-n', restricted, '-f', '-'], source('hello', { 'handler.js': CODE }));
      const running = await installed().webhook().metrics();
      const grown = running.sum('process_resident_memory_bytes');
      await installed().webhook().stop();
      const webhook = await installed().start();
      const before = await webhook.metrics();
      const memory = before.sum('process_resident_memory_bytes');
      const pods = 200;
      await inParallel(pods, 4, (index) =>
        api.createNamespacedPod({ namespace: restricted, body: functionPod('hello', { pod: `hello-${index}` }) }),
      );
      const after = await webhook.metrics();
      const mean = (half: string): string => {
        const name = 'buildless_admission_review_duration_seconds';
        const of = (suffix: string): number =>
          after.sum(`${name}_${suffix}`, { webhook: half }) - before.sum(`${name}_${suffix}`, { webhook: half });
        return ((of('sum') / of('count')) * 1000).toFixed(2);
      };
      const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
      console.log(
        [
          `${NAMESPACES} namespaces, ${CONFIG_MAPS} labelled ConfigMaps of ${CODE.length} bytes:`,
          `  ready ${webhook.millisecondsToReady.toFixed(0)} ms after its process was started`,
          `  resident memory ${megabytes(memory)} then, ${megabytes(grown)} in the process that saw them come`,
          `  a Pod: ${mean('mutate')} ms in /mutate, ${mean('validate')} ms in /validate (mean of ${pods})`,
        ].join('\n'),
      );
      const created = await api.listNamespacedPod({ namespace: restricted, labelSelector: `${FUNCTION_LABEL}=hello` });
      expect(created.items).toHaveLength(pods);
      for (const { metadata } of created.items) expect(metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);
      expect(after.sum('buildless_cluster_problems')).toBe(0);
    } finally {
      if (!cluster().disposable)
        await inParallel(NAMESPACES, 20, (index) => api.deleteNamespace({ name: names[index] ?? '' }));
    }
  });
});
