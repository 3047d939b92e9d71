import { WEBHOOK_NAME } from '../../installation/names.ts';
import { RIGHTS } from '../../installation/rights.ts';
import { failed, ok, unanswered, type Check } from '../check.ts';
import { eachVerb, rightsOf, titleOf } from '../service-account.ts';

const CHECK = 'Rights';

/** Each verb that the webhook's ServiceAccount needs. */
export const rights: Check = async (patient) => {
  const asked = eachVerb(RIGHTS);
  const found = await rightsOf(patient, WEBHOOK_NAME, asked);
  if ('ok' in found) return [unanswered(CHECK, 'the rights of the ServiceAccount', found)];
  const title = `ServiceAccount ${patient.namespace}/${WEBHOOK_NAME}`;
  const missing = asked.filter((right) => !found.has(right));
  if (missing.length === 0) return [ok(CHECK, `${title} may do all that it needs`)];
  return [
    failed(
      CHECK,
      `${title} may not ${missing.map(titleOf).join(', ')}`,
      'apply deploy/base/rbac.yaml again; with cert-manager, secrets and patch are not needed',
    ),
  ];
};
