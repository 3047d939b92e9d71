import { noClusterFor, unreachable } from '../../api-server/kube-config.ts';
import { openPatient } from '../../doctor/open-patient.ts';
import type { CheckResult } from '../../doctor/check.ts';
import { examine } from '../../doctor/examine.ts';
import type { Problem } from '../../outcome/problem.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings } from '../terminal.ts';
import { writeData } from './write-data.ts';
import type { DoctorOptions } from '../options/doctor.ts';

/** `buildless doctor`. */
export async function examineCluster(options: DoctorOptions): Promise<ExitStatus> {
  const opened = await openPatient({
    namespace: options.namespace,
    configuration: options.webhookConfiguration,
    probeNamespace: options.probeNamespace,
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(options.context !== undefined && { context: options.context }),
  }).catch(noClusterFor);
  if ('problem' in opened) return noCluster(opened, options);
  // One question first: without an answer every check would fail for the same reason.
  const version = await opened.patient.get('/version');
  if (!version.ok && version.status === 0) {
    opened.close();
    return noCluster(unreachable(version.message), options);
  }
  const results = await examine(opened.patient);
  opened.close();
  const healthy = results.every(({ status }) => status !== 'failed');
  const { output } = options;
  if (output === 'json' || output === 'yaml') writeData({ healthy, results }, output);
  else process.stdout.write(rendered(results));
  return healthy ? EXIT.done : EXIT.refused;
}

function noCluster({ problem, fix }: Problem, { output }: DoctorOptions): ExitStatus {
  if (output === 'json' || output === 'yaml') {
    writeData({ healthy: false, error: { problem, fix }, results: [] }, output);
  } else printFindings('error', [{ problem, fix }]);
  return EXIT.wrongInput;
}

function rendered(results: readonly CheckResult[]): string {
  const { green, red, yellow, dim } = coloursFor(process.stdout);
  const marks = {
    ok: green('ok     '),
    failed: red('FAILED '),
    warning: yellow('WARNING'),
    skipped: yellow('skipped'),
  };
  const width = Math.max(...results.map(({ check }) => check.length));
  const lines = results.flatMap(({ check, status, detail, cure }) => [
    `${marks[status]} ${check.padEnd(width)}  ${detail}`,
    ...(cure === undefined ? [] : [`        ${' '.repeat(width)}  ${dim('->')} ${cure}`]),
  ]);
  const count = (status: CheckResult['status']): number => results.filter((each) => each.status === status).length;
  const warnings =
    count('warning') === 0 ? '' : `${count('warning')} ${count('warning') === 1 ? 'warning' : 'warnings'}, `;
  return `${lines.join('\n')}\n\n${count('ok')} ok, ${count('failed')} failed, ${warnings}${count('skipped')} skipped\n`;
}
