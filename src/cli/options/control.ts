export interface ControlCommandOptions {
  readonly config?: string;
  readonly namespace?: string;
  readonly resolver?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly address?: string;
  readonly healthPort: number;
  /** In seconds. */
  readonly lease: number;
  readonly logLevel: string;
}
