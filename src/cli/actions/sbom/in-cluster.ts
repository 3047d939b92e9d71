import type { Configuration } from '../../../config/configuration.ts';
import { parseDefinition } from '../../../function/definition.ts';
import { parsePod } from '../../../function/pod-shape.ts';
import { parseStamp } from '../../../function/stamp.ts';
import { formatSource } from '../../../function/source.ts';
import { KNATIVE_GROUP } from '../../../function/knative.ts';
import { podTemplateOf } from '../../../manifests/templates.ts';
import { withLock } from '../../../revision/stored-lock.ts';
import { readClusterObjects } from '../../../status/cluster-objects.ts';
import { isFailure, merged, readParts, readRevision } from '../../../status/live-source.ts';
import { functionsOf, type Workload } from '../../../status/workload.ts';
import type { SbomOptions } from '../../options/sbom.ts';
import { namedBy, notThere } from '../history.ts';
import type { OpenCluster } from '../open-cluster.ts';
import { configurationOf } from '../status.ts';
import type { BilledFunction, NotBilled } from './billed-function.ts';

/** @returns the Function of a cluster; undefined if the configuration cannot be read, which is printed */
export async function functionInCluster(
  name: string,
  { get, namespace: own }: OpenCluster,
  options: SbomOptions,
): Promise<{ readonly found: BilledFunction | NotBilled; readonly configuration: Configuration } | undefined> {
  const namespace = options.namespace ?? own;
  const configuration = await configurationOf(get, options);
  if (configuration === undefined) return undefined;
  const objects = await readClusterObjects(get, namespace);
  if ('problem' in objects) return { found: wrong(objects), configuration };
  const functions = functionsOf(objects);
  const [workload, ...others] = namedBy(functions, name);
  if (workload === undefined) return { found: wrong(notThere(name, namespace, functions)), configuration };
  if (others.length > 0) {
    const all = [workload, ...others].map((each) => `${each.kind}/${each.name}`).join(', ');
    const fix = `name one of them: ${all}`;
    return { found: wrong({ problem: `several workloads run the Function "${name}"`, fix }), configuration };
  }
  return { found: await billedFunction(workload, get, configuration), configuration };
}

const wrong = (...findings: NotBilled['findings']): NotBilled => ({ kind: 'wrong-input', findings });

async function billedFunction(
  workload: Workload,
  get: OpenCluster['get'],
  configuration: Configuration,
): Promise<BilledFunction | NotBilled> {
  const { namespace, stamp: text } = workload;
  const group = workload.kind === 'Service' ? KNATIVE_GROUP : '';
  const parsed = parsePod(podTemplateOf({ ...workload, group }));
  if ('findings' in parsed) return wrong(...parsed.findings);
  const { pod } = parsed;
  const read = parseDefinition(pod, configuration);
  if ('findings' in read) return wrong(...read.findings);
  const { definition } = read;
  const stamp = text === undefined ? undefined : parseStamp(text);
  if (stamp === undefined || text === undefined) {
    const { source } = definition;
    const live = source.type === 'configmap' ? await readParts(get, namespace, source.names) : undefined;
    if (live === undefined) return elsewhere(formatSource(source));
    if (isFailure(live))
      return wrong({ problem: `${formatSource(source)} cannot be read (${live.message})`, fix: READ });
    return { definition, pod, files: merged(live) };
  }
  const revision = await readRevision(get, namespace, stamp);
  if (isFailure(revision)) return wrong({ problem: `the revision cannot be read (${revision.message})`, fix: READ });
  const { code, lock, record } = revision;
  if (code === undefined) return elsewhere(formatSource(definition.source));
  const locked = lock?.kind === 'lock' ? withLock(code, lock) : undefined;
  const recorded = record?.language === definition.runtime.language ? record.releases : undefined;
  return {
    definition,
    pod,
    files: code,
    ...(locked !== undefined && { locked }),
    ...(recorded !== undefined && { recorded }),
    revision: text,
  };
}

const READ = 'ask as a user who may read ConfigMaps of the namespace, or see whether it still exists';

const elsewhere = (source: string): NotBilled =>
  wrong({
    problem: `the files of ${source} are not in the cluster`,
    fix: 'give a checkout of them with -f',
  });
