import { isObject } from '../kubernetes/object.ts';

/**
 * A line of the servers' own (src/pod/nodejs/server/journal.ts, journal.py) as a person reads it on a terminal: the time of this
 * machine, the level unless it is the usual one, the message, and the trace of an error without the frames of packages. Any
 * other line as it is.
 *
 * @example readableLines('{"level":"warn","time":"2026-01-01T00:00:00.000Z","msg":"slow"}') // ['01:00:00 warn: slow']
 */
export function readableLines(line: string): readonly string[] {
  if (!line.startsWith('{"level":"') || !line.endsWith('}')) return [line];
  const entry = parsed(line);
  if (!isObject(entry) || typeof entry.msg !== 'string' || typeof entry.level !== 'string') return [line];
  const known = Object.keys(entry).every((key) => ['level', 'time', 'msg', 'traceId', 'error'].includes(key));
  if (!known) return [line];
  const { level, msg, error, time, traceId } = entry;
  const [first = '', ...more] = msg.split('\n');
  const head = [
    ...timeOfDay(time),
    level === 'info' ? first : `${level}: ${first}`,
    ...(typeof traceId === 'string' ? [`(trace ${traceId.slice(0, SHORT_ID)})`] : []),
  ];
  const detail = isObject(error) ? error.stack : error;
  return [head.join(' '), ...more, ...(typeof detail === 'string' ? foldTrace(detail.split('\n')) : [])];
}

const SHORT_ID = 8;

function timeOfDay(time: unknown): readonly string[] {
  const date = new Date(typeof time === 'string' ? time : '');
  if (Number.isNaN(date.getTime())) return [];
  return [
    [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':'),
  ];
}

/** `at NAME (PLACE)` of Node.js, `File "PLACE", line N, in NAME` of Python. */
const FRAME = /^\s+(?:at |File ")/;
const OF_OTHERS = new RegExp(
  [
    String.raw`[\\/](?:node_modules|site-packages|lib[\\/]python3\.\d+|\.python-packages)[\\/]`,
    String.raw`\(?node:`,
    '"<frozen ',
    // The server of a Function, which a run has in its temporary root.
    String.raw`[\\/]buildless-run-\w+[\\/](?:programs|pods[\\/]\d+[\\/]volumes[\\/]buildless-app[\\/]runtime)[\\/]`,
  ].join('|'),
);

/** The trace with frames of packages and of the language counted instead of shown. */
function foldTrace(lines: readonly string[]): readonly string[] {
  const folded: string[] = [];
  let hidden = 0;
  let isHidden = false;
  const tell = (): void => {
    if (hidden > 0) folded.push(`    ... ${hidden} ${hidden === 1 ? 'frame' : 'frames'} of packages`);
    hidden = 0;
  };
  for (const line of lines) {
    if (FRAME.test(line)) {
      isHidden = OF_OTHERS.test(line);
      if (isHidden) hidden += 1;
      else tell();
    } else if (!/^\s{4}/.test(line)) {
      // Python shows the code below its frame; everything else is not a frame's.
      isHidden = false;
      tell();
    }
    if (!isHidden) folded.push(line);
  }
  tell();
  return folded;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
