import { WEBHOOK_NAME } from '../../installation/names.ts';
import { VERSION } from '../../version.ts';
import { failed, ok, unanswered, warned, type Check, type CheckResult } from '../check.ts';
import { count, list, text } from '../../kubernetes/fields.ts';
import { podsOf } from '../pods.ts';
import { versionOf } from '../served-version.ts';

const CHECK = 'Replicas';

/** The Deployment and its Pods: enough of them, on several nodes, of this version. */
export const replicas: Check = async (patient) => {
  const { get, namespace } = patient;
  const title = `Deployment ${namespace}/${WEBHOOK_NAME}`;
  const deployment = await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${WEBHOOK_NAME}`);
  if (!deployment.ok) return [unanswered(CHECK, title, deployment)];
  const wanted = count(deployment.object, 'spec', 'replicas');
  const ready = count(deployment.object, 'status', 'readyReplicas');
  const [container] = list(deployment.object, 'spec', 'template', 'spec', 'containers');
  const image = text(container, 'image');
  const found = `${ready} of ${wanted} replicas of ${image} are Ready`;
  if (ready < Math.max(1, wanted)) {
    return [
      failed(
        CHECK,
        found,
        `read why: kubectl describe pods -n ${namespace}; kubectl logs -n ${namespace} deploy/${WEBHOOK_NAME}`,
      ),
    ];
  }
  const results: CheckResult[] = [ok(CHECK, found)];
  const pods = await podsOf(patient);
  const nodes = new Set(pods.map((pod) => text(pod, 'spec', 'nodeName')));
  if (wanted < 2)
    results.push(warned(CHECK, 'a single replica is away whenever its node is', 'run two: spec.replicas'));
  else if (nodes.size === 1) {
    results.push(warned(CHECK, 'all replicas are on one node', `delete one of the Pods once there are more nodes`));
  }
  const version = versionOf(image);
  if (version !== undefined && version !== VERSION) {
    results.push(
      failed(CHECK, `the cluster runs ${version}, this command is ${VERSION}`, 'use the command of that version'),
    );
  }
  return results;
};
