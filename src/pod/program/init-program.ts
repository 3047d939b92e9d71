import { explainSystemError, refuse, type Refusal } from './refusal.ts';
import { writeTerminationMessage } from './termination.ts';

const STOPPED = 143;
/** For what has no child process to end: copying a tree. */
const STOP_LIMIT_MILLISECONDS = 4000;

/**
 * Runs one of the Pod's init programs and ends this process: with 0 when it is done, 1 where it refuses or fails, 143
 * when the Pod was asked to stop. The reason goes to stderr and into the termination message.
 */
export async function runInitProgram(
  name: string,
  work: (stop: AbortSignal) => Promise<Refusal | undefined>,
): Promise<void> {
  // Any user may have to read what is written, whatever the image says.
  process.umask(0o022);
  const stopping = new AbortController();
  // PID 1 gets no default handling of signals.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping.abort();
      setTimeout(() => process.exit(STOPPED), STOP_LIMIT_MILLISECONDS).unref();
    });
  }
  const outcome = await work(stopping.signal).catch((error: unknown) => {
    const known = explainSystemError(error);
    if (known === undefined) console.error(error);
    return refuse(known ?? `an error of Buildless itself, see the log: ${error instanceof Error ? error.message : ''}`);
  });
  if (outcome === undefined) return;
  if (!stopping.signal.aborted) {
    console.error(`${name} failed: ${outcome.refusal}`);
    writeTerminationMessage(outcome.refusal, process.env);
  }
  process.exitCode = stopping.signal.aborted ? STOPPED : 1;
}
