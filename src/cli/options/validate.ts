import type { Level } from '../../dependencies/policy.ts';
import type { FileOptions } from './files.ts';

export interface ValidateOptions extends FileOptions {
  readonly output: 'text' | 'json' | 'sarif' | 'gitlab';
  readonly level?: Level;
  readonly namespace: string;
  readonly config?: string;
  /** Whether registries are asked about the versions of locks. */
  readonly online: boolean;
  /** Folders or files with denied versions. */
  readonly denied?: readonly string[];
}
