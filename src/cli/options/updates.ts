import type { Platform } from '../../lock/lock.ts';
import type { FileOptions } from './files.ts';

interface SourceOptions extends FileOptions {
  /** Seconds since a version was published. */
  readonly minimumAge?: number;
  readonly platform?: readonly Platform[];
  readonly runtime?: string;
  readonly installScripts: boolean;
  readonly namespace: string;
  readonly config?: string;
}

export interface OutdatedOptions extends SourceOptions {
  readonly output: 'table' | 'json' | 'yaml';
  /** Whether anything outdated is an exit status of 1. */
  readonly exitCode: boolean;
}

export interface UpdateOptions extends SourceOptions {
  /** Packages; empty for all. */
  readonly names: readonly string[];
  readonly major: boolean;
  /** Folders or files with denied versions. */
  readonly denied?: readonly string[];
  readonly write: boolean;
}

/** What both have. */
export type UpdateSourceOptions = SourceOptions;
