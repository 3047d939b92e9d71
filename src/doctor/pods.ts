import { POD_LABELS } from '../installation/names.ts';
import type { Patient } from './check.ts';
import { list, text } from '../kubernetes/fields.ts';

/** The webhook's Pods that run; none if they cannot be listed. */
export async function podsOf({ get, namespace }: Patient): Promise<readonly unknown[]> {
  const labelSelector = Object.entries(POD_LABELS)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const answer = await get(`/api/v1/namespaces/${namespace}/pods`, { labelSelector });
  return answer.ok ? list(answer.object, 'items').filter((pod) => text(pod, 'status', 'phase') === 'Running') : [];
}
