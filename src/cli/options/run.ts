import type { FileOptions } from './files.ts';

export interface RunOptions extends FileOptions {
  readonly function?: string;
  readonly port?: number;
  readonly watch?: true;
  readonly inspect?: true;
  readonly inspectPort?: number;
  readonly verbose?: true;
  readonly namespace: string;
  readonly config?: string;
}
