import { once } from 'node:events';
import path from 'node:path';
import { startProcess } from '../measure/measured-process.ts';
import type { Command, Reply, RunResult, Target } from './load.ts';

export interface LoadGenerator {
  readonly open: (target: Target) => Promise<void>;
  readonly run: (milliseconds: number) => Promise<RunResult>;
  readonly close: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts load.ts in a process of its own. */
export function startLoadGenerator(core?: number): LoadGenerator {
  const { child, stop } = startProcess({
    args: ['--import', 'tsx', path.join(import.meta.dirname, 'load.ts')],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    ...(core !== undefined && { core }),
  });
  const tell = async (command: Command): Promise<RunResult | undefined> => {
    child.send(command);
    const [reply] = (await once(child, 'message')) as [Reply];
    if (reply.kind === 'failed') throw new Error(`the load generator: ${reply.reason}`);
    return reply.result;
  };
  return {
    open: async (target) => {
      await tell({ kind: 'open', target });
    },
    run: async (milliseconds) => {
      const result = await tell({ kind: 'run', milliseconds });
      if (result === undefined) throw new Error('the load generator gave no result');
      return result;
    },
    close: async () => {
      await tell({ kind: 'close' });
    },
    stop,
  };
}
