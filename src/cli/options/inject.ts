import type { FileOptions } from './files.ts';

export interface InjectOptions extends FileOptions {
  readonly output: 'yaml' | 'json' | 'diff';
  readonly namespace: string;
  readonly config?: string;
}
