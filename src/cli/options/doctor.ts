import type { ClusterOptions, Form } from './cluster.ts';

export interface DoctorOptions extends ClusterOptions {
  readonly namespace: string;
  readonly webhookConfiguration: string;
  readonly probeNamespace?: string;
  /** `text` is the older name of `table`. */
  readonly output: Form | 'text';
}
