import type { ClusterOptions, Form } from './cluster.ts';

export interface VersionOptions extends ClusterOptions {
  readonly client: boolean;
  readonly installation: string;
  readonly output: Form;
}
