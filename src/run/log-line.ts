import { isObject } from '../kubernetes/object.ts';

/**
 * A line of the Node.js server's own (src/pod/nodejs/server/journal.ts) as a person reads it on a terminal; any other line
 * as it is.
 *
 * @example readableLines('{"level":"info","time":"2026-01-01T00:00:00.000Z","msg":"stopped"}') // ['stopped']
 */
export function readableLines(line: string): readonly string[] {
  if (!line.startsWith('{"level":"') || !line.endsWith('}')) return [line];
  const entry = parsed(line);
  if (!isObject(entry) || typeof entry.msg !== 'string' || typeof entry.level !== 'string') return [line];
  const known = Object.keys(entry).every((key) => ['level', 'time', 'msg', 'traceId', 'error'].includes(key));
  if (!known) return [line];
  const { level, msg, error } = entry;
  const text = level === 'info' ? msg : `${level}: ${msg}`;
  const detail = isObject(error) ? error.stack : error;
  return [...text.split('\n'), ...(typeof detail === 'string' ? detail.split('\n') : [])];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
