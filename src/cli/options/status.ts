import type { ClusterOptions, Form } from './cluster.ts';

export interface StatusOptions extends ClusterOptions {
  /** The context's where it is left out. */
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly output: Form;
  readonly config?: string;
  readonly installation: string;
}
