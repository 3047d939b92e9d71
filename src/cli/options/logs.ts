import type { ClusterOptions } from './cluster.ts';

export interface LogsOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly follow?: true;
  readonly tail: number;
  /** Seconds. */
  readonly since?: number;
  readonly container?: string;
  readonly output: 'text' | 'json';
}
