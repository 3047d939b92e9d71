import { CONTROL_NAME } from '../../installation/names.ts';
import { REPORT_RIGHTS } from '../../installation/rights.ts';
import { list } from '../../kubernetes/fields.ts';
import { REPORT_KINDS, REPORT_NAME, reportsPath, type ReportKind } from '../../policy-report/kinds.ts';
import { failed, ok, unanswered, warned, type Check, type Patient } from '../check.ts';
import { eachVerb, rightsOf, titleOf } from '../service-account.ts';

const CHECK = 'Reports';
const INSTALL = 'apply deploy/components/reports, or set reports.enabled of the chart';

/** Whether the controller writes reports of namespaces: it needs the rights of the component, and a CRD of another project. */
export const reports: Check = async (patient) => {
  const { get, namespace } = patient;
  const deployment = await get(`/apis/apps/v1/namespaces/${namespace}/deployments/${CONTROL_NAME}`);
  if (!deployment.ok) {
    if (deployment.status === 404) return [ok(CHECK, 'none are written: no controller is installed')];
    return [unanswered(CHECK, `Deployment ${namespace}/${CONTROL_NAME}`, deployment)];
  }
  const needed = eachVerb(REPORT_RIGHTS);
  const [kinds, found] = await Promise.all([definedKinds(patient), rightsOf(patient, CONTROL_NAME, needed)]);
  if ('ok' in found) return [unanswered(CHECK, `the rights of ServiceAccount ${namespace}/${CONTROL_NAME}`, found)];
  const missing = needed.filter((right) => !found.has(right));
  const [kind] = kinds;
  if (missing.length === needed.length) {
    const why = kind === undefined ? 'the component is not installed' : `to have ${kind.kind}s: ${INSTALL}`;
    return [ok(CHECK, `none are written; ${why}`)];
  }
  if (missing.length > 0) {
    const title = `ServiceAccount ${namespace}/${CONTROL_NAME}`;
    return [failed(CHECK, `${title} may not ${missing.map(titleOf).join(', ')}`, `${INSTALL} again`)];
  }
  if (kind === undefined) {
    const names = REPORT_KINDS.map(({ resource, group }) => `${resource}.${group}`).join(' or ');
    const cure = `install the CRD ${names}, most often with the tool that shows reports`;
    return [warned(CHECK, 'the controller may write reports, but the cluster has no kind for them', cure)];
  }
  return [ok(CHECK, `${kind.kind}s of ${kind.apiVersion}${await countOf(patient, kind)}`)];
};

/** Everybody may ask which kinds there are. */
async function definedKinds({ get }: Patient): Promise<readonly ReportKind[]> {
  const answers = await Promise.all(REPORT_KINDS.map(({ apiVersion }) => get(`/apis/${apiVersion}`)));
  return REPORT_KINDS.filter((_, index) => answers[index]?.ok === true);
}

async function countOf({ get }: Patient, kind: ReportKind): Promise<string> {
  const answer = await get(reportsPath(kind), { fieldSelector: `metadata.name=${REPORT_NAME}` });
  return answer.ok ? `, of ${list(answer.object, 'items').length} namespaces` : '';
}
