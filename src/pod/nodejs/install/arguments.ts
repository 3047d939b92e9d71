import { parseArgs } from 'node:util';
import { isLevel, type Level, LEVELS } from '../../../dependencies/policy.ts';
import { PATHS } from '../../../function/keys.ts';
import { type Refusal, refuse } from '../../program/refusal.ts';

/** What `buildless-install` is told by the injection. */
export interface InstallArguments {
  readonly root: string;
  readonly timeoutSeconds: number;
  /** File of the registry Secret. */
  readonly registry?: string;
  /** The namespace's level: what is installed is compared with what it let pass. */
  readonly level: Level;
  /** The packages' own install scripts may run. */
  readonly allowScripts: boolean;
  /** Folder that outlives the Pod. */
  readonly cache?: string;
  /** Version of the runtime's Node.js where another program runs npm: the toolkit's. */
  readonly version?: string;
}

export function parseInstallArguments(args: readonly string[]): InstallArguments | Refusal {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: { type: 'string', default: PATHS.root },
      timeout: { type: 'string' },
      level: { type: 'string', default: 'off' },
      registry: { type: 'string' },
      'allow-scripts': { type: 'boolean', default: false },
      cache: { type: 'string' },
    },
  });
  const timeoutSeconds = Number(values.timeout);
  if (!(timeoutSeconds > 0)) return refuse('--timeout must be a number of seconds');
  const { level } = values;
  if (!isLevel(level)) return refuse(`--level must be one of ${LEVELS.join(', ')}`);
  return {
    level,
    root: values.root,
    timeoutSeconds,
    allowScripts: values['allow-scripts'],
    ...(values.registry !== undefined && { registry: values.registry }),
    ...(values.cache !== undefined && { cache: values.cache }),
  };
}
