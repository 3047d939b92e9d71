/**
 * What the server uses of the runtime, taken before the handler is loaded. A handler may replace any of it for its own
 * purposes: fake timers, a mocked clock, another Promise, a `process.exit` that throws. The log, the clock, the deadlines
 * and the end of the process go on with these.
 */
import fs from 'node:fs';

export const apply = Reflect.apply.bind(Reflect);
export const propertyOf: (of: object, name: string) => unknown = Reflect.get.bind(Reflect);
const OwnDate = Date;
// Called with its object by `apply`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { toISOString } = Date.prototype;
const read = performance.now.bind(performance);
const bytesOf = Buffer.from.bind(Buffer);
const { wait } = Atomics;
const usage = process.cpuUsage.bind(process);
const exitProcess = process.exit.bind(process);
/** What Node's own `exit` calls last. It is not documented, so it is only used if `exit` itself fails. */
const reallyExit: unknown = Reflect.get(process, 'reallyExit');

export const later = setTimeout;
export const soon = setImmediate;
export const cancel = clearTimeout;
export const stringify = JSON.stringify.bind(JSON);
export const parse: (text: string) => unknown = JSON.parse.bind(JSON);
export const OwnPromise = Promise;
export const OwnMap = Map;
export const OwnWeakRef = WeakRef;

/** Milliseconds of a clock that never goes back. */
export const now: () => number = read;

/** Milliseconds of CPU that all threads of the process have used. */
export function cpuTime(): number {
  const { user, system } = usage();
  return (user + system) / 1000;
}

/** The time of day as RFC 3339 has it. */
export const timestamp = (): string => apply(toISOString, new OwnDate(), []);

/** Ends the process, also if a listener for `exit` throws. */
export function endProcess(code: number): never {
  try {
    exitProcess(code);
  } catch {
    // A second call does not tell the listeners again.
    try {
      exitProcess(code);
    } catch {
      if (typeof reallyExit === 'function') apply(reallyExit, process, [code]);
    }
  }
  throw new Error('the process could not be ended');
}

const STDERR = 2;
const { writeSync } = fs;
const cell = new Int32Array(new SharedArrayBuffer(4));
/** A reader that takes nothing for so long has lost the line. */
const PATIENCE_MILLISECONDS = 1000;

/** Writes to the file of stderr, past `process.stderr`. Never throws: a log that nobody reads stops no call. */
export function writeToLog(text: string): void {
  let bytes: Uint8Array = bytesOf(text);
  const latest = now() + PATIENCE_MILLISECONDS;
  while (bytes.length > 0 && now() < latest) {
    try {
      bytes = bytes.subarray(writeSync(STDERR, bytes));
    } catch (error) {
      // A pipe that is full: Node makes it non-blocking when a handler uses `process.stderr`.
      if (!isFull(error)) return;
      wait(cell, 0, 0, 1);
    }
  }
}

const isFull = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EAGAIN';
