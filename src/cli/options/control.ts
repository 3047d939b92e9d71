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
  /** Folder with the secrets that webhooks of Git hosts are signed with. */
  readonly pushSecrets?: string;
  readonly pushPort: number;
  /** In seconds. */
  readonly lease: number;
  readonly logLevel: string;
}
