import type { ClusterOptions, Form } from './cluster.ts';

export interface HistoryOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly output: Form;
}
