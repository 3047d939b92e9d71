import type { ClusterOptions, Form } from './cluster.ts';

export interface StatusOptions extends ClusterOptions {
  /** The context's where it is left out. */
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  /** Whether only Functions are shown that run a denied version. */
  readonly denied: boolean;
  /** Files or folders with denied versions beside those of the installation. */
  readonly deniedList?: readonly string[];
  readonly output: Form;
  readonly config?: string;
  readonly installation: string;
}
