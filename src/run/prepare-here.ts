import path from 'node:path';
import { parsePrepareArguments } from '../pod/prepare/arguments.ts';
import { prepare } from '../pod/prepare/prepare.ts';
import { explainSystemError, isRefusal } from '../pod/program/refusal.ts';
import { INIT_CONTAINERS } from '../function/keys.ts';
import type { ContainerProgram } from './container-process.ts';
import type { RunFailure } from './failure.ts';
import type { SharedPrograms } from './shared-programs.ts';

/**
 * Does the work of `buildless-prepare` in this process: the same code, without the start of another Node.js, for which an
 * edit would wait. For a source from ConfigMaps: Git and image sources start programs, which shall have the container's env.
 */
export async function prepareHere(
  { program }: ContainerProgram,
  {
    log,
    stop,
    shared,
  }: {
    readonly log: (line: string) => void;
    readonly stop: AbortSignal;
    /** Where the programs of all versions are. */
    readonly shared: SharedPrograms;
  },
): Promise<RunFailure | undefined> {
  const [script = '', ...args] = program.args;
  const options = parsePrepareArguments(args);
  if (isRefusal(options)) return failed(options.refusal);
  const programs = path.dirname(script);
  try {
    const tools = path.join(programs, '../bin');
    const refusal = await prepare(options, {
      programs,
      tools,
      environment: program.env,
      log,
      stop,
      bring: shared.bring,
    });
    return refusal === undefined ? undefined : failed(refusal.refusal);
  } catch (error) {
    const known = explainSystemError(error);
    if (known === undefined) throw error;
    return failed(known);
  }
}

const failed = (problem: string): RunFailure => ({ kind: 'failed', problem: `${INIT_CONTAINERS.prepare}: ${problem}` });
