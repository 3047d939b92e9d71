export interface ServeOptions {
  readonly config?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly namespace?: string;
  readonly service: string;
  readonly host?: readonly string[];
  readonly authoritySecret: string;
  /** Of `authoritySecret`, in seconds. */
  readonly authorityLifetime: number;
  /** In seconds. */
  readonly certificateLifetime: number;
  readonly webhookConfiguration?: string;
  readonly clientCa?: string;
  readonly clientName?: readonly string[];
  /** Folders or files with denied versions. */
  readonly denied?: readonly string[];
  readonly address?: string;
  readonly port: number;
  readonly healthPort: number;
  readonly drain: number;
  readonly manifests?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logLevel: string;
}
