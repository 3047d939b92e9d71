import { parseArgs } from 'node:util';
import { PATHS } from '../../../function/keys.ts';
import { type Refusal, refuse } from '../../prepare/refusal.ts';

/** What `buildless-install` is told by the injection; install.py takes the same. */
export interface InstallArguments {
  readonly root: string;
  readonly timeoutSeconds: number;
  /** File of the registry Secret. */
  readonly registry?: string;
  /** The packages' own install scripts may run. */
  readonly allowScripts: boolean;
  /** Folder that outlives the Pod. */
  readonly cache?: string;
}

export function parseInstallArguments(args: readonly string[]): InstallArguments | Refusal {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: { type: 'string', default: PATHS.root },
      timeout: { type: 'string' },
      registry: { type: 'string' },
      'allow-scripts': { type: 'boolean', default: false },
      cache: { type: 'string' },
    },
  });
  const timeoutSeconds = Number(values.timeout);
  if (!(timeoutSeconds > 0)) return refuse('--timeout must be a number of seconds');
  return {
    root: values.root,
    timeoutSeconds,
    allowScripts: values['allow-scripts'],
    ...(values.registry !== undefined && { registry: values.registry }),
    ...(values.cache !== undefined && { cache: values.cache }),
  };
}
