import { list, text } from '../../kubernetes/fields.ts';
import { SAMPLES } from '../../invoke/samples.ts';
import { OUTCOMES } from '../../outcome/described.ts';
import { RUNTIMES } from '../../function/runtimes.ts';
import { loadKubeConfig } from '../../api-server/kube-config.ts';
import { readParts } from '../actions/input.ts';
import { openCluster, type OpenCluster } from '../actions/open-cluster.ts';
import { readClusterObjects } from '../../status/cluster-objects.ts';
import { functionsOf } from '../../status/workload.ts';
import { partsOf } from '../../folders/parts.ts';
import { announcedRuns } from '../../run/announced.ts';
import { functionsOf as templatesOf, workloadOf } from '../../run/functions.ts';
import { beQuiet } from '../terminal.ts';
import type { Candidate } from './protocol.ts';
import type { Given, Lookup } from './values.ts';

/** A person waits at the prompt: no answer is better than a late one. */
const DEADLINE = 3000;

const LOOKUPS: Readonly<Record<Parameters<Lookup>[0], (given: Given) => Promise<readonly Candidate[]>>> = {
  code: () =>
    Promise.resolve([
      ...new Map(OUTCOMES.map(({ code, outcome }) => [code, { value: code, description: outcome }])).values(),
    ]),
  runtime: () =>
    Promise.resolve(
      Object.entries(RUNTIMES).map(([value, { deprecated }]) => ({
        value,
        ...(deprecated !== undefined && { description: 'deprecated' }),
      })),
    ),
  sample: () => Promise.resolve(Object.entries(SAMPLES).map(([value, { about }]) => ({ value, description: about }))),
  context: async (given) => {
    const config = await loadKubeConfig(given.get('kubeconfig'), undefined);
    return config.getContexts().map(({ name, cluster }) => ({ value: name, description: cluster }));
  },
  namespace: (given) =>
    inCluster(given, async ({ get }) => {
      const answer = await get('/api/v1/namespaces');
      return answer.ok ? list(answer.object, 'items').map((each) => ({ value: text(each, 'metadata', 'name') })) : [];
    }),
  // Without options for a cluster, "invoke" calls what runs here.
  callable: async (given) =>
    CLUSTER_OPTIONS.some((option) => given.has(option))
      ? await functionsInCluster(given)
      : (await announcedRuns(process.env)).map(({ name, port }) => ({ value: name, description: `port ${port}` })),
  template: async (given) => {
    beQuiet();
    const { parts } = await partsOf([given.get('filename') ?? '.'], given.has('recursive'));
    const { documents } = await readParts(parts, { runtimes: RUNTIMES });
    return templatesOf(documents).map((each) => ({ value: each.name, description: workloadOf(each) }));
  },
  function: (given) => functionsInCluster(given),
};

const CLUSTER_OPTIONS = ['namespace', 'context', 'kubeconfig'];

const functionsInCluster = (given: Given): Promise<readonly Candidate[]> =>
  inCluster(given, async ({ get, namespace }) => {
    const objects = await readClusterObjects(get, given.get('namespace') ?? namespace);
    if ('problem' in objects) return [];
    const names = new Map(functionsOf(objects).map((each) => [each.function, `${each.kind} ${each.name}`]));
    return [...names].map(([value, description]) => ({ value, description }));
  });

async function inCluster(
  given: Given,
  ask: (cluster: OpenCluster) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  const [kubeconfig, context] = [given.get('kubeconfig'), given.get('context')];
  const cluster = await openCluster({
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
  if ('problem' in cluster) return [];
  try {
    return await ask(cluster);
  } finally {
    cluster.close();
  }
}

/** Values that are known to the program, the kubeconfig or the cluster; none if they cannot be read in time. */
export const lookup: Lookup = async (kind, given) => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Candidate[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([]);
    }, DEADLINE);
  });
  try {
    return await Promise.race([LOOKUPS[kind](given).catch(() => []), late]);
  } finally {
    clearTimeout(timer);
  }
};
