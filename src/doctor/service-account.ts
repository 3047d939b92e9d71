import type { Right } from '../installation/rights.ts';
import type { Answer } from '../api-server/answer.ts';
import type { Patient } from './check.ts';
import { field } from '../kubernetes/fields.ts';

/** A right with one verb. */
export interface AskedRight extends Omit<Right, 'verbs'> {
  readonly verb: string;
  readonly subresource?: string;
}

/** Each verb by itself. */
export const eachVerb = (rights: readonly Right[]): readonly AskedRight[] =>
  rights.flatMap(({ verbs, ...right }) => verbs.map((verb) => ({ ...right, verb })));

/**
 * Asks the API server about a ServiceAccount of the installation (SubjectAccessReview).
 *
 * @returns the rights that it has, or why nobody knows
 */
export async function rightsOf(
  patient: Pick<Patient, 'post' | 'namespace'>,
  account: string,
  asked: readonly AskedRight[],
): Promise<{ readonly has: (right: AskedRight) => boolean } | (Answer & { readonly ok: false })> {
  const answers = await Promise.all(asked.map((right) => ask(patient, account, right)));
  const refused = answers.find((answer) => !answer.ok);
  if (refused?.ok === false) return refused;
  const allowed = asked.filter((_, index) => {
    const answer = answers[index];
    return answer?.ok === true && field(answer.object, 'status', 'allowed') === true;
  });
  return { has: (right) => allowed.includes(right) };
}

/** As kubectl writes it. */
export const titleOf = ({ verb, resource, subresource, name }: AskedRight): string =>
  `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${name === undefined ? '' : `/${name}`}`;

function ask(
  { post, namespace }: Pick<Patient, 'post' | 'namespace'>,
  account: string,
  { group, resource, subresource, name, own, verb }: AskedRight,
): Promise<Answer> {
  return post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: `system:serviceaccount:${namespace}:${account}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      resourceAttributes: {
        group,
        resource,
        verb,
        ...(subresource !== undefined && { subresource }),
        ...(name !== undefined && { name }),
        ...(own === true && { namespace }),
      },
    },
  });
}
