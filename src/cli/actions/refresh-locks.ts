import { field, text } from '../../kubernetes/fields.ts';
import { sourceOfFunction } from '../../function/definition.ts';
import { REFRESH_ANNOTATION } from '../../function/keys.ts';
import { parseStamp } from '../../function/stamp.ts';
import { refreshOf } from '../../function/source-state.ts';
import { readClusterObjects } from '../../status/cluster-objects.ts';
import { collectionOf, WORKLOAD_KINDS } from '../../status/kinds.ts';
import { functionsOf, textsAt, type Workload } from '../../status/workload.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';
import { namedBy, notThere } from './history.ts';
import { openCluster, type OpenCluster } from './open-cluster.ts';
import { noCluster } from './status.ts';
import type { RefreshOptions } from '../options/lock.ts';

/** `buildless lock --refresh NAME`: raises a number that is part of what a lock is resolved from. */
export async function refreshLocks(options: RefreshOptions): Promise<ExitStatus> {
  const cluster = await openCluster(options);
  if ('problem' in cluster) return noCluster(cluster);
  try {
    return await refreshAll(cluster, options);
  } finally {
    cluster.close();
  }
}

async function refreshAll(cluster: OpenCluster, { names, namespace: given }: RefreshOptions): Promise<ExitStatus> {
  const namespace = given ?? cluster.namespace;
  const objects = await readClusterObjects(cluster.get, namespace);
  if ('problem' in objects) {
    printFindings('error', [objects]);
    return EXIT.wrongInput;
  }
  const functions = functionsOf(objects);
  let status: ExitStatus = EXIT.done;
  // One source may be several Functions': it is refreshed once.
  const done = new Set<string>();
  for (const name of names) {
    const wanted = namedBy(functions, name);
    if (wanted.length === 0) {
      printFindings('error', [notThere(name, namespace, functions)]);
      status = EXIT.wrongInput;
    }
    for (const workload of wanted) {
      const place = placeOf(workload);
      if ('problem' in place) printFindings('error', [place], `${workload.kind} ${workload.name}`);
      else if (!done.has(place.path)) {
        done.add(place.path);
        if (await raise(cluster, workload, place)) continue;
      } else continue;
      status = EXIT.refused;
    }
  }
  return status;
}

/** The object that carries the number. */
interface Place {
  readonly title: string;
  readonly path: string;
}

function placeOf(workload: Workload): Place | { readonly problem: string; readonly fix: string } {
  const { namespace, stamp } = workload;
  if (stamp !== undefined && parseStamp(stamp)?.lock === undefined) {
    return {
      problem: "its lock is the author's, or it has no dependencies",
      fix: "buildless lock -f FILES --refresh --write resolves an author's lock again",
    };
  }
  // Not its whole definition: runtimes of the cluster's own configuration are not known here.
  const source = sourceOfFunction(workload.annotations, workload.function);
  if ('problem' in source) return source;
  switch (source.type) {
    case 'configmap': {
      const [name = ''] = source.names;
      const collection = collectionOf('/api/v1', 'configmaps', namespace);
      return { title: `ConfigMap ${name}`, path: `${collection}/${encodeURIComponent(name)}` };
    }
    case 'git': {
      const kind = WORKLOAD_KINDS.find((each) => each.kind === workload.kind);
      if (kind === undefined) return { problem: 'a bare Pod has no revision', fix: 'run it from a workload' };
      return {
        title: `${workload.kind} ${workload.name}`,
        path: `${kind.collection(namespace)}/${encodeURIComponent(workload.name)}`,
      };
    }
    case 'image':
      return { problem: 'an image brings its own lock', fix: 'build it with a new one' };
  }
}

async function raise({ get, change }: OpenCluster, workload: Workload, { title, path }: Place): Promise<boolean> {
  const answer = await get(path);
  const fail = (message: string): false => {
    printFindings('error', [{ problem: `${title} cannot be changed (${message})`, fix: 'ask as a user who may' }]);
    return false;
  };
  if (!answer.ok) return fail(answer.message);
  if (field(answer.object, 'immutable') === true) return fail('it is immutable: give the workload a new ConfigMap');
  const before = refreshOf(textsAt(answer.object, 'metadata', 'annotations')[REFRESH_ANNOTATION]);
  const changed = await change({
    method: 'PATCH',
    path,
    contentType: 'application/merge-patch+json',
    body: {
      metadata: {
        // Two at once are two refreshes.
        resourceVersion: text(answer.object, 'metadata', 'resourceVersion'),
        annotations: { [REFRESH_ANNOTATION]: String(before + 1) },
      },
    },
  });
  if (!changed.ok) return fail(changed.message);
  process.stdout.write(
    `${title}: refresh ${before + 1}; "buildless status -n ${workload.namespace}" shows when ${workload.function} rolls out\n`,
  );
  return true;
}
