import { readClusterObjects } from '../../status/cluster-objects.ts';
import { historyOf, type HistoryEntry } from '../../status/history.ts';
import { ageOf, shortOf } from '../../status/table.ts';
import { functionsOf, type Workload } from '../../status/workload.ts';
import { visible } from '../../outcome/finding.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings } from '../terminal.ts';
import { openCluster, type OpenCluster } from './open-cluster.ts';
import { noCluster } from './status.ts';
import { writeData } from './write-data.ts';
import type { HistoryOptions } from '../options/history.ts';

/** `buildless history`. */
export async function showHistory(name: string, options: HistoryOptions): Promise<ExitStatus> {
  const cluster = await openCluster(options);
  if ('problem' in cluster) return noCluster(cluster);
  try {
    return await show(name, cluster, options);
  } finally {
    cluster.close();
  }
}

async function show(name: string, { get, namespace: own }: OpenCluster, options: HistoryOptions): Promise<ExitStatus> {
  const namespace = options.namespace ?? own;
  const objects = await readClusterObjects(get, namespace);
  if ('problem' in objects) {
    printFindings('error', [objects]);
    return EXIT.wrongInput;
  }
  const functions = functionsOf(objects);
  const wanted = namedBy(functions, name);
  if (wanted.length === 0) {
    printFindings('error', [notThere(name, namespace, functions)]);
    return EXIT.wrongInput;
  }
  const histories = await Promise.all(
    wanted.map(async (workload) => ({ workload, revisions: await historyOf(workload, objects, get) })),
  );
  if (options.output === 'json' || options.output === 'yaml') {
    const data = histories.map(({ workload: { kind, name: of }, revisions }) => ({
      workload: { kind, name: of },
      revisions,
    }));
    writeData({ namespace, history: data }, options.output);
    return EXIT.done;
  }
  const wide = options.output === 'wide';
  for (const { workload, revisions } of histories) process.stdout.write(rendered(workload, revisions, wide));
  return EXIT.done;
}

/** By the Function's name, or by KIND/NAME of its workload. */
export function namedBy(functions: readonly Workload[], name: string): readonly Workload[] {
  const [kind = '', of = ''] = name.includes('/') ? name.split('/', 2) : ['', name];
  return functions.filter((workload) =>
    kind === '' ? workload.function === of : workload.kind.toLowerCase() === kind.toLowerCase() && workload.name === of,
  );
}

export function notThere(
  name: string,
  namespace: string,
  functions: readonly Workload[],
): { readonly problem: string; readonly fix: string } {
  const known = [...new Set(functions.map((workload) => workload.function))];
  return {
    problem: `namespace ${namespace} has no Function "${name}"`,
    fix:
      known.length === 0
        ? 'it has no Functions; name another namespace with -n'
        : `name one of ${known.slice(0, 20).join(', ')}, or another namespace with -n`,
  };
}

function rendered(workload: Workload, revisions: readonly HistoryEntry[], wide: boolean): string {
  const { bold, green, dim } = coloursFor(process.stdout);
  const lines = revisions.flatMap((entry) => [
    `${entry.number === 0 ? '-' : String(entry.number)}  ${bold(visible(entry.stamp === undefined ? 'live source' : wide ? entry.stamp : shortOf(entry.stamp)))}  ${ageOf(entry.created, new Date())}${entry.current ? green('  current') : ''}  ${dim(entry.object)}`,
    ...changesOf(entry).map((line) => `     ${visible(line)}`),
  ]);
  return `${bold(`${workload.kind.toLowerCase()}/${workload.name}`)}\n${lines.join('\n')}\n`;
}

const EVIDENCE = { provenance: 'its provenance attestation', publisher: 'its trusted publisher' } as const;

function changesOf({ files, packages, provenance = [], note }: HistoryEntry): readonly string[] {
  const lines = [
    ...(files?.added ?? []).map((file) => `+ ${file}`),
    ...(files?.removed ?? []).map((file) => `- ${file}`),
    ...(files?.changed ?? []).map((file) => `~ ${file}`),
    ...(packages ?? []).map(({ name, from, to }) => {
      if (from === undefined) return `+ ${name} ${to ?? ''}`;
      return to === undefined ? `- ${name} ${from}` : `~ ${name} ${from} -> ${to}`;
    }),
    ...provenance.map(
      ({ name, from, to, lost, gained }) =>
        `! ${name} ${from} -> ${to} ${[
          ...lost.map((each) => `lost ${EVIDENCE[each]}`),
          ...gained.map((each) => `gained ${EVIDENCE[each]}`),
        ].join(', ')}`,
    ),
  ];
  if (note !== undefined) return [note];
  return files !== undefined && lines.length === 0 ? ['no file and no package changed'] : lines;
}
