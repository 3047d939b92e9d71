export interface ControlCommandOptions {
  readonly config?: string;
  readonly namespace?: string;
  readonly resolver?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Folders or files with denied versions. */
  readonly denied?: readonly string[];
  readonly address?: string;
  readonly healthPort: number;
  /** In seconds. */
  readonly lease: number;
  readonly logLevel: string;
}
