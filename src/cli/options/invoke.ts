import type { ClusterOptions } from './cluster.ts';

export interface InvokeOptions extends ClusterOptions {
  /** Whether it was called as `kubectl buildless`. */
  readonly asPlugin: boolean;
  readonly namespace?: string;
  readonly port?: number;
  readonly method?: string;
  readonly path: string;
  readonly header: readonly string[];
  readonly data?: string;
  readonly type?: string;
  readonly source?: string;
  readonly structured?: true;
  /** `true`: list them. */
  readonly sample?: string | true;
  readonly include?: true;
  readonly verbose?: true;
  readonly timeout: number;
}
