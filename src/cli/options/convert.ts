import type { FileOptions } from './files.ts';

export interface ConvertOptions extends FileOptions {
  readonly output: 'yaml' | 'json';
  readonly registry?: string;
  readonly newApiNotes: boolean;
  readonly config?: string;
}
