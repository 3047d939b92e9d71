import { Duplex } from 'node:stream';
import { field, list, text } from '../../kubernetes/fields.ts';
import { FUNCTION_LABEL, STATUS_ANNOTATION } from '../../function/keys.ts';
import { parseStatus } from '../../inject/status.ts';
import { isObject, type KubernetesObject } from '../../kubernetes/object.ts';
import { isReady } from '../../status/pods.ts';
import { openCluster } from './open-cluster.ts';
import type { Unusable } from '../../invoke/message.ts';
import type { ClusterOptions } from '../options/cluster.ts';

/** A Pod of a Function in a cluster, and the way to its server. */
interface ReachablePod {
  readonly title: string;
  readonly connect: () => Promise<Duplex>;
  readonly close: () => void;
}

const USUAL_PORT = 8080;

/** The Pod of a Function that is ready and was made last. */
export async function podOfFunction(
  name: string,
  options: ClusterOptions & { readonly namespace?: string },
): Promise<ReachablePod | Unusable> {
  const cluster = await openCluster(options);
  if ('problem' in cluster) return { problem: cluster.problem, fix: cluster.fix };
  const namespace = options.namespace ?? cluster.namespace;
  const answer = await cluster.get(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, {
    labelSelector: `${FUNCTION_LABEL}=${name}`,
  });
  const give = (problem: string, fix: string): Unusable => {
    cluster.close();
    return { problem, fix };
  };
  if (!answer.ok)
    return give(
      `the Pods of ${name} cannot be listed in namespace ${namespace}: ${answer.message}`,
      'ask as a user who may list Pods there',
    );
  const pods = list(answer.object, 'items').filter(isObject);
  const pod = pods
    .filter((each) => isReady(each) && field(each, 'metadata', 'deletionTimestamp') === undefined)
    .sort((a, b) => (made(a) < made(b) ? 1 : -1))[0];
  if (pod === undefined) {
    const there = pods.length === 0 ? 'none' : `${pods.length}, none of them ready`;
    return give(
      `namespace ${namespace} has no Pod of the Function ${name} that can answer: there is ${there}`,
      `see buildless status -n ${namespace}`,
    );
  }
  const podName = text(pod, 'metadata', 'name');
  return {
    title: `${name} (Pod ${podName} in namespace ${namespace})`,
    connect: async () => asDuplex(await cluster.forward(namespace, podName, portOf(pod))),
    close: cluster.close,
  };
}

const made = (pod: KubernetesObject): string => text(pod, 'metadata', 'creationTimestamp');

/** Where the server listens: the container of the Function has it in its env. */
function portOf(pod: KubernetesObject): number {
  const status = parseStatus(text(pod, 'metadata', 'annotations', STATUS_ANNOTATION));
  const containers = list(pod, 'spec', 'containers');
  const own = containers.find((each) => text(each, 'name') === status?.container) ?? containers[0];
  const port = list(own, 'env').find((each) => text(each, 'name') === 'FUNC_PORT');
  return Number(text(port, 'value')) || USUAL_PORT;
}

function asDuplex(stream: NodeJS.ReadWriteStream): Duplex {
  if (stream instanceof Duplex) return stream;
  throw new Error('a port-forward is not a stream in both directions');
}
