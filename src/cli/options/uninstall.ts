import type { ClusterOptions, Form } from './cluster.ts';

export interface UninstallOptions extends ClusterOptions {
  readonly namespace: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly output: Form;
}
