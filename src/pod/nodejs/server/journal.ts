/** The server's own lines in the Function's log: one JSON object a line, on stderr; stdout is the handler's. */

export type Level = 'info' | 'warn' | 'error';

export interface Details {
  readonly error?: unknown;
  /** Trace id of the request that the line is about. */
  readonly traceId?: string | undefined;
}

export function note(level: Level, msg: string, { error, traceId }: Details = {}): void {
  const line = {
    level,
    time: new Date().toISOString(),
    msg,
    ...(traceId !== undefined && { traceId }),
    ...(error !== undefined && { error: describe(error) }),
  };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

const DEEPEST_CAUSE = 4;

function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return textOf(error);
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    stack: stack ?? `${name}: ${message}`,
    ...(cause !== undefined && depth < DEEPEST_CAUSE && { cause: describe(cause, depth + 1) }),
  };
}

/** A thrown value as text; whatever was thrown, this does not throw. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that has no text';
  }
}

/** The trace of an error as a developer reads it. */
export const traceOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : `thrown: ${textOf(error)}`;
