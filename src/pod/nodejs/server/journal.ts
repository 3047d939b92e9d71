/** The server's own lines in the Function's log: one JSON object a line, on stderr; stdout is the handler's. */
import { describeError } from './error-description.ts';
import { stringify, timestamp, writeToLog } from './originals.ts';

export type Level = 'info' | 'warn' | 'error';

export interface Details {
  readonly error?: unknown;
  /** Trace id of the request that the line is about. */
  readonly traceId?: string | undefined;
}

/** Writes a line. Never throws, whatever the error is and whatever the handler has replaced. */
export function note(level: Level, msg: string, details: Details = {}): void {
  const line = {
    level,
    time: timestamp(),
    msg,
    ...(details.traceId !== undefined && { traceId: details.traceId }),
    ...('error' in details && { error: describeError(details.error) }),
  };
  writeToLog(`${stringify(line)}\n`);
}
