import { CONTROL_NAME, PUSH_SECRET } from '../../installation/names.ts';
import { field, list } from '../../kubernetes/fields.ts';
import { SHORTEST_SECRET } from '../../push/signature.ts';
import { failed, ok, unanswered, type Check } from '../check.ts';

const CHECK = 'Pushes';

/** Whether webhooks of Git hosts can be verified, if the controller takes them. */
export const pushes: Check = async ({ get, namespace }) => {
  const deployment = await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${CONTROL_NAME}`);
  // What that means is in the check of the controller.
  if (!deployment.ok) return [];
  const args = list(deployment.object, 'spec', 'template', 'spec', 'containers').flatMap((each) => list(each, 'args'));
  if (!args.some((each) => typeof each === 'string' && each.startsWith('--push-secrets'))) return [];
  const title = `Secret ${namespace}/${PUSH_SECRET}`;
  const create = `kubectl create secret generic ${PUSH_SECRET} -n ${namespace} --from-literal=first="$(openssl rand -hex 32)"`;
  const secret = await get(`/api/v1/namespaces/${namespace}/secrets/${PUSH_SECRET}`);
  if (!secret.ok && secret.status === 404) {
    return [failed(CHECK, `${title} does not exist, so every push is refused`, create)];
  }
  if (!secret.ok) return [unanswered(CHECK, title, secret)];
  const values = Object.values(field(secret.object, 'data') ?? {});
  if (!values.some((value) => Buffer.from(String(value), 'base64').length >= SHORTEST_SECRET)) {
    const problem = `no value of ${title} has ${SHORTEST_SECRET} characters, so every push is refused`;
    return [failed(CHECK, problem, `kubectl delete secret ${PUSH_SECRET} -n ${namespace}; ${create}`)];
  }
  return [ok(CHECK, `webhooks of Git hosts are verified with ${title}`)];
};
