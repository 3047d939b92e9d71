import { NAMESPACE_ENABLED, NAMESPACE_LABEL, OPTED_IN_SELECTOR } from '../../function/keys.ts';
import type { Answer } from '../../api-server/answer.ts';
import { failed, ok, skipped, unanswered, type Check, type Patient } from '../check.ts';
import { list, text } from '../../kubernetes/fields.ts';

const CHECK = 'Namespaces';
const LABEL = `${NAMESPACE_LABEL}=${NAMESPACE_ENABLED}`;

/** Namespaces that opted in, by their labels. */
export const optedIn = ({ get }: Patient): Promise<Answer> =>
  get('/api/v1/namespaces', { labelSelector: OPTED_IN_SELECTOR });

export const namespaces: Check = async (patient) => {
  const answer = await optedIn(patient);
  if (!answer.ok) return [unanswered(CHECK, 'the list of namespaces', answer)];
  const names = list(answer.object, 'items').map((namespace) => text(namespace, 'metadata', 'name'));
  const inVain = names.filter((name) => name.startsWith('kube-') || name === patient.namespace);
  if (inVain.length > 0) {
    return [
      failed(
        CHECK,
        `${inVain.join(', ')} opted in, and is never asked about: the cluster, or Buildless itself, runs there`,
        `take the label away: kubectl label namespace ${inVain.join(' ')} ${NAMESPACE_LABEL}-`,
      ),
    ];
  }
  if (names.length === 0) {
    return [
      skipped(CHECK, 'no namespace opted in yet, so no Function is injected', `kubectl label namespace NAME ${LABEL}`),
    ];
  }
  return [ok(CHECK, `${names.length} opted in: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}`)];
};
