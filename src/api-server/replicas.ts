import { POD_LABELS, PORTS } from '../installation/names.ts';
import { count, list, text } from '../kubernetes/fields.ts';

/** A replica of the webhook that answers reviews, one that is about to end included, as it answers on for a while. */
export interface Replica {
  readonly image: string;
  /** Empty while it is not known. */
  readonly address: string;
  readonly port: number;
}

export const podsOf = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;

/** Selects the Pods of the webhook by their labels. */
export const WEBHOOK_PODS = Object.entries(POD_LABELS)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');

/** The webhook's Pods that run. @param pods a PodList */
export const replicasIn = (pods: unknown): readonly Replica[] =>
  list(pods, 'items')
    .filter((pod) => text(pod, 'status', 'phase') === 'Running')
    .map((pod) => {
      const container = list(pod, 'spec', 'containers')[0];
      const port = list(container, 'ports').find((each) => text(each, 'name') === 'webhook');
      return {
        image: text(container, 'image'),
        address: text(pod, 'status', 'podIP'),
        port: count(port, 'containerPort') || PORTS.tls,
      };
    });
