import type { Platform } from '../../lock/lock.ts';
import type { FileOptions } from './files.ts';

export interface LockOptions extends FileOptions {
  readonly write: boolean;
  readonly output: 'diff' | 'lock';
  readonly platform?: readonly Platform[];
  readonly runtime?: string;
  readonly installScripts: boolean;
  readonly namespace: string;
  readonly config?: string;
  /** Folders or files with denied versions. */
  readonly denied?: readonly string[];
  /** Without regard to the lock that is there. */
  readonly refresh: boolean;
}

/** `buildless lock --refresh NAME`: of Functions in a cluster. */
export interface RefreshOptions {
  readonly names: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}
