import pino from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** A file descriptor or a path; standard output by default. */
  readonly destination?: number | string;
}

type Write = (fields: object, message: string) => void;

/** JSON lines: what happened in `msg`, everything else in fields of its own. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  readonly isLevelEnabled: (level: LogLevel) => boolean;
  /** Writes what is buffered, before the process ends. */
  readonly flush: () => void;
}

const BUFFER_BYTES = 8192;
const FLUSH_MILLISECONDS = 100;
/** Where nobody reads standard output, lines are lost rather than memory. */
const LONGEST_BACKLOG_BYTES = 16 * 1024 * 1024;

/**
 * Lines are gathered for up to 100 ms: one system call a line costs more than all the rest of a line. Gathered lines are written
 * when the process exits, also through an uncaught exception.
 */
export function createLogger({ level = 'info', destination = 1 }: LoggerOptions = {}): Logger {
  const stream = pino.destination({
    dest: destination,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_MILLISECONDS,
    maxLength: LONGEST_BACKLOG_BYTES,
  });
  const logger = pino(
    {
      level,
      // The name of the Pod and its host are added by whatever collects the lines.
      base: null,
      timestamp: createTimestamp(),
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describeError(error) },
    },
    stream,
  );
  return {
    debug: logger.debug.bind(logger),
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
    isLevelEnabled: (asked) => logger.isLevelEnabled(asked),
    flush: () => {
      stream.flushSync();
    },
  };
}

/** ISO 8601, as pino's isoTime; all but the milliseconds is written once a second, as it costs as much as the rest of a line. */
function createTimestamp(): () => string {
  let last = NaN;
  let beginning = '';
  return () => {
    const now = Date.now();
    const second = Math.floor(now / 1000);
    if (second !== last) {
      last = second;
      beginning = `,"time":"${new Date(now).toISOString().slice(0, -'000Z'.length)}`;
    }
    return `${beginning}${String(now % 1000).padStart(3, '0')}Z"`;
  };
}

const DEEPEST_CAUSE = 5;

/** Only these three: other properties of an error may hold objects of the cluster, or a request with its credentials. */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const deeper = cause !== undefined && depth < DEEPEST_CAUSE;
  return { type: name, message, stack, ...(deeper && { cause: describeError(cause, depth + 1) }) };
}
