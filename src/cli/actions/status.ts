import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
import type { Configuration } from '../../config/configuration.ts';
import { text } from '../../kubernetes/fields.ts';
import { visible } from '../../outcome/finding.ts';
import { CONFIG_KEY, CONFIG_MAP } from '../../installation/names.ts';
import type { Problem } from '../../outcome/problem.ts';
import { readClusterObjects, type Get } from '../../status/cluster-objects.ts';
import { examineFunction } from '../../status/examine.ts';
import { installedVersions } from '../../status/installed-version.ts';
import type { FunctionRow } from '../../status/row.ts';
import { tableOf } from '../../status/table.ts';
import { functionsOf } from '../../status/workload.ts';
import { VERSION } from '../../version.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings, printNote } from '../terminal.ts';
import { readConfiguration } from './input.ts';
import { openCluster, type OpenCluster } from './open-cluster.ts';
import { readDenied } from './read-denied.ts';
import { writeData } from './write-data.ts';
import type { StatusOptions } from '../options/status.ts';

const AT_ONCE = 8;

/** `buildless status`. */
export async function showStatus(options: StatusOptions): Promise<ExitStatus> {
  const cluster = await openCluster(options);
  if ('problem' in cluster) return noCluster(cluster);
  try {
    return await show(cluster, options);
  } finally {
    cluster.close();
  }
}

export function noCluster({ problem, fix }: Problem): ExitStatus {
  printFindings('error', [{ problem, fix }]);
  return EXIT.wrongInput;
}

async function show({ get, namespace: own }: OpenCluster, options: StatusOptions): Promise<ExitStatus> {
  const namespace = options.allNamespaces ? undefined : (options.namespace ?? own);
  const [objects, configuration, installed] = await Promise.all([
    readClusterObjects(get, namespace),
    configurationOf(get, options),
    installedVersions(get, options.installation),
  ]);
  if (configuration === undefined) return EXIT.wrongInput;
  if ('problem' in objects) {
    printFindings('error', [objects]);
    return EXIT.wrongInput;
  }
  const denied = options.denied ? await readDenied(get, options, configuration) : undefined;
  const version = ('version' in installed.webhook ? installed.webhook.version : undefined) ?? VERSION;
  const functions = functionsOf(objects);
  const all: FunctionRow[] = [];
  for (let first = 0; first < functions.length; first += AT_ONCE) {
    const some = functions.slice(first, first + AT_ONCE);
    all.push(
      ...(await Promise.all(
        some.map((workload) =>
          examineFunction(workload, {
            ...{ get, objects, configuration, version },
            ...(denied !== undefined && { denied: denied.list }),
          }),
        ),
      )),
    );
  }
  const rows = denied === undefined ? all : all.filter((row) => (row.denied?.length ?? 0) > 0);
  const { output, allNamespaces } = options;
  if (output === 'json' || output === 'yaml') {
    writeData({ functions: rows, unread: objects.unread }, output);
    if (denied !== undefined) printFindings('warning', denied.problems);
    return EXIT.done;
  }
  if (rows.length === 0) {
    const which =
      denied === undefined ? 'No Functions' : `No Functions with one of ${denied.list.entries} denied packages`;
    printNote(`${which} in ${namespace === undefined ? 'the cluster' : `namespace ${namespace}`}.`);
  } else {
    const colours = coloursFor(process.stdout);
    process.stdout.write(
      tableOf(rows.map(readable), { wide: output === 'wide', allNamespaces, now: new Date(), colours }),
    );
  }
  if (denied !== undefined) printFindings('warning', denied.problems);
  printFindings(
    'warning',
    objects.unread.map((problem) => ({ problem: `not read: ${problem}`, fix: 'ask as a user who may read it' })),
  );
  return EXIT.done;
}

/** Texts of a cluster may hold what moves a terminal's cursor. */
const readable = (row: FunctionRow): FunctionRow => ({
  ...row,
  runtime: visible(row.runtime),
  source: visible(row.source),
  notes: row.notes.map((note) => note.split('\n').map(visible).join('\n  ')),
});

/** Of the file that is named, else of the installation if the user may read it, else the built-in one. */
export async function configurationOf(
  get: Get,
  { config, installation }: Pick<StatusOptions, 'config' | 'installation'>,
): Promise<Configuration | undefined> {
  if (config !== undefined) return await readConfiguration(config);
  const answer = await get(`/api/v1/namespaces/${encodeURIComponent(installation)}/configmaps/${CONFIG_MAP}`);
  if (!answer.ok) return DEFAULT_CONFIGURATION;
  const { parseConfiguration } = await import('../../config/load.ts');
  const parsed = parseConfiguration(text(answer.object, 'data', CONFIG_KEY), CONFIG_KEY);
  return 'configuration' in parsed ? parsed.configuration : DEFAULT_CONFIGURATION;
}
