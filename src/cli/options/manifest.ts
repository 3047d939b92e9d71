import type { FileOptions } from './files.ts';

export interface ManifestOptions extends FileOptions {
  readonly output: 'yaml' | 'json';
  readonly config?: string;
}
