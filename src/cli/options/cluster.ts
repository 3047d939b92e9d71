/** Which cluster a command works on, by kubectl's names. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Forms of output of every command that looks at a cluster. */
export const FORMS = ['table', 'wide', 'json', 'yaml'] as const;
export type Form = (typeof FORMS)[number];
