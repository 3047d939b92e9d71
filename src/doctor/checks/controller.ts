import { setTimeout as sleep } from 'node:timers/promises';
import { CONTROL_NAME, CONTROL_POLICIES } from '../../installation/names.ts';
import { CONTROL_RIGHTS } from '../../installation/rights.ts';
import { failed, ok, unanswered, type Check, type CheckResult, type Patient } from '../check.ts';
import { installedConfiguration } from '../installed-configuration.ts';
import { count, list, text } from '../../kubernetes/fields.ts';
import { eachVerb, rightsOf, titleOf, type AskedRight } from '../service-account.ts';

const CHECK = 'Controller';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const APPLY = 'apply deploy/components/control again';

/** Writes that no controller needs: whoever may do one of them is limited by the policies alone. */
const TOO_MUCH: readonly AskedRight[] = [
  { group: '', resource: 'secrets', verb: 'list' },
  { group: '', resource: 'configmaps', verb: 'deletecollection' },
  { group: '', resource: 'configmaps', verb: 'update' },
  { group: '', resource: 'pods', verb: 'create' },
  { group: 'apps', resource: 'deployments', verb: 'update' },
  { group: 'apps', resource: 'deployments', subresource: 'scale', verb: 'patch' },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb: 'bind' },
  { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies', verb: 'delete' },
];

/** A holder renews its Lease every 2 s. */
const RENEWED_MILLISECONDS = 5000;

/**
 * The revisions controller: whether it works, with the rights that it needs and within the policies.
 *
 * @param pause longer than a holder of the Lease takes to renew it
 */
export const controller =
  (pause = RENEWED_MILLISECONDS): Check =>
  async (patient) => {
    const { get, namespace } = patient;
    const title = `Deployment ${namespace}/${CONTROL_NAME}`;
    const deployment = await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${CONTROL_NAME}`);
    if (!deployment.ok && deployment.status === 404) return [await withoutController(patient)];
    if (!deployment.ok) return [unanswered(CHECK, title, deployment)];
    const results = [
      replicas(deployment.object, namespace),
      ...(await Promise.all([
        leader(patient, pause),
        rights(patient),
        ...CONTROL_POLICIES.map((name) => policy(patient, name)),
      ])),
    ].flatMap((result) => result ?? []);
    if (results.length > 0) return results;
    return [ok(CHECK, 'a controller leads, with the rights that it needs and no more, within its policies')];
  };

async function withoutController(patient: Patient): Promise<CheckResult> {
  const configuration = await installedConfiguration(patient);
  if (configuration?.revisions.locks !== 'cluster')
    return ok(CHECK, 'none is installed, and the configuration needs none');
  return failed(
    CHECK,
    'none is installed, but revisions.locks of the configuration is "cluster": nothing rolls out or locks automatically, and a missing lock is refused only when a Pod starts',
    'install deploy/components/control, or set revisions.locks: author',
  );
}

function replicas(deployment: object, namespace: string): CheckResult | undefined {
  const wanted = count(deployment, 'spec', 'replicas');
  const ready = count(deployment, 'status', 'readyReplicas');
  if (ready >= Math.max(1, wanted)) return undefined;
  return failed(
    CHECK,
    `${ready} of ${wanted} replicas are Ready`,
    `read why: kubectl describe pods -n ${namespace} -l app.kubernetes.io/component=control; kubectl logs -n ${namespace} deploy/${CONTROL_NAME} -c control`,
  );
}

async function leader({ get, namespace }: Patient, pause: number): Promise<CheckResult | undefined> {
  const title = `Lease ${namespace}/${CONTROL_NAME}`;
  const read = (): ReturnType<Patient['get']> =>
    get(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${CONTROL_NAME}`);
  const first = await read();
  const logs = `kubectl logs -n ${namespace} deploy/${CONTROL_NAME} -c control`;
  if (!first.ok && first.status === 404) return failed(CHECK, `${title} does not exist: no replica has led yet`, logs);
  if (!first.ok) return unanswered(CHECK, title, first);
  // By its changes, not by its time: the clocks of the machines may differ.
  await sleep(pause);
  const second = await read();
  if (!second.ok) return unanswered(CHECK, title, second);
  const version = (object: object): string => text(object, 'metadata', 'resourceVersion');
  const isHeld =
    text(second.object, 'spec', 'holderIdentity') !== '' && version(first.object) !== version(second.object);
  return isHeld ? undefined : failed(CHECK, `no replica leads: nobody renews ${title}`, logs);
}

async function rights(patient: Patient): Promise<CheckResult | undefined> {
  const needed = eachVerb(CONTROL_RIGHTS);
  const found = await rightsOf(patient, CONTROL_NAME, [...needed, ...TOO_MUCH]);
  const title = `ServiceAccount ${patient.namespace}/${CONTROL_NAME}`;
  if ('ok' in found) return unanswered(CHECK, `the rights of ${title}`, found);
  const missing = needed.filter((right) => !found.has(right));
  if (missing.length > 0) return failed(CHECK, `${title} may not ${missing.map(titleOf).join(', ')}`, APPLY);
  const extra = TOO_MUCH.filter((right) => found.has(right));
  if (extra.length === 0) return undefined;
  return failed(
    CHECK,
    `${title} may ${extra.map(titleOf).join(', ')}, which it does not need`,
    'find the binding: kubectl get clusterrolebindings,rolebindings -A -o wide | grep buildless-control; delete it',
  );
}

async function policy({ get, namespace }: Patient, name: string): Promise<CheckResult | undefined> {
  const [found, binding] = await Promise.all([
    get(`${ADMISSION}/validatingadmissionpolicies/${name}`),
    get(`${ADMISSION}/validatingadmissionpolicybindings/${name}`),
  ]);
  if (!found.ok) return unanswered(CHECK, `ValidatingAdmissionPolicy ${name}`, found);
  if (!binding.ok) return unanswered(CHECK, `ValidatingAdmissionPolicyBinding ${name}`, binding);
  const account = `system:serviceaccount:${namespace}:${CONTROL_NAME}`;
  const isForAccount = list(found.object, 'spec', 'matchConditions').some((condition) =>
    text(condition, 'expression').includes(`'${account}'`),
  );
  if (!isForAccount || text(found.object, 'spec', 'failurePolicy') !== 'Fail')
    return failed(CHECK, `ValidatingAdmissionPolicy ${name} does not limit ${account}`, APPLY);
  if (!list(binding.object, 'spec', 'validationActions').includes('Deny'))
    return failed(CHECK, `ValidatingAdmissionPolicyBinding ${name} does not deny`, APPLY);
  return undefined;
}
