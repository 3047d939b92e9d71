import { WEBHOOK_NAME } from '../../installation/names.ts';
import { RIGHTS, type Right } from '../../installation/rights.ts';
import { failed, ok, unanswered, type Answer, type Check, type Patient } from '../check.ts';
import { field } from '../object.ts';

const CHECK = 'Rights';

/** SubjectAccessReview for each verb that the webhook's ServiceAccount needs. */
export const rights: Check = async (patient) => {
  const asked = RIGHTS.flatMap((right) => right.verbs.map((verb) => ({ right, verb })));
  const answers = await Promise.all(asked.map(({ right, verb }) => ask(patient, right, verb)));
  const refused = answers.find((answer) => !answer.ok);
  if (refused?.ok === false) return [unanswered(CHECK, 'the rights of the ServiceAccount', refused)];
  const missing = asked.filter((_, index) => {
    const answer = answers[index];
    return answer?.ok !== true || field(answer.object, 'status', 'allowed') !== true;
  });
  const { namespace } = patient;
  if (missing.length === 0) return [ok(CHECK, `ServiceAccount ${namespace}/${WEBHOOK_NAME} may do all that it needs`)];
  const names = missing.map(
    ({ right, verb }) => `${verb} ${right.resource}${right.name === undefined ? '' : `/${right.name}`}`,
  );
  return [
    failed(
      CHECK,
      `ServiceAccount ${namespace}/${WEBHOOK_NAME} may not ${names.join(', ')}`,
      'apply deploy/base/rbac.yaml again; with cert-manager, secrets and patch are not needed',
    ),
  ];
};

function ask({ post, namespace }: Patient, { group, resource, name, own }: Right, verb: string): Promise<Answer> {
  return post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: `system:serviceaccount:${namespace}:${WEBHOOK_NAME}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      resourceAttributes: {
        group,
        resource,
        verb,
        ...(name !== undefined && { name }),
        ...(own === true && { namespace }),
      },
    },
  });
}
