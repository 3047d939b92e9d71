import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export type LogLine = Readonly<Record<string, unknown>>;

/** fixture.ts, running. */
export interface Replica {
  readonly tlsPort: number;
  readonly plainPort: number;
  /** All that it has written so far. */
  readonly lines: readonly LogLine[];
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves when the process has ended and its log is read to the end. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface ReplicaOptions {
  readonly certFile: string;
  readonly keyFile: string;
  readonly drainSeconds?: number;
  readonly graceSeconds?: number;
}

export async function startReplica({
  certFile,
  keyFile,
  drainSeconds = 0,
  graceSeconds = 10,
}: ReplicaOptions): Promise<Replica> {
  const fixture = path.join(import.meta.dirname, 'fixture.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fixture, certFile, keyFile, String(drainSeconds), String(graceSeconds)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: LogLine[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(parse(line)));
  const exited = new Promise<Awaited<Replica['ended']>>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const readAll = once(reader, 'close');
  const ended = Promise.all([exited, readAll]).then(([result]) => result);
  await Promise.race([once(reader, 'line'), ended]);
  const [first] = lines;
  if (typeof first?.tlsPort !== 'number' || typeof first.plainPort !== 'number') {
    child.kill('SIGKILL');
    throw new Error(`the server did not say where it listens: ${JSON.stringify(lines)}`);
  }
  return {
    tlsPort: first.tlsPort,
    plainPort: first.plainPort,
    lines,
    signal: (name) => child.kill(name),
    ended,
  };
}

function parse(line: string): LogLine {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
