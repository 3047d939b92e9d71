import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A program of the control plane, running. */
export interface Component {
  readonly name: string;
  /** Ends it at once: nothing that it knows is kept. */
  stop(): Promise<void>;
  /**
   * Waits until the probe holds.
   *
   * @throws with the end of its log where the program ends before, or the time is over
   */
  until(probe: () => Promise<boolean>, milliseconds?: number): Promise<void>;
}

/** @param environment what is added to that of this process */
export function startComponent(
  name: string,
  program: string,
  args: readonly string[],
  logFile: string,
  environment: NodeJS.ProcessEnv = {},
): Component {
  const log = openSync(logFile, 'w');
  const child = spawn(program, args, { stdio: ['ignore', log, log], env: { ...process.env, ...environment } });
  closeSync(log);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    name,
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
    async until(probe, milliseconds = 60_000) {
      const latest = performance.now() + milliseconds;
      while (!(await probe().catch(() => false))) {
        if (over) throw new Error(`${name} ended:\n${tail(logFile)}`);
        if (performance.now() > latest)
          throw new Error(`${name} is not ready after ${milliseconds / 1000} s:\n${tail(logFile)}`);
        await delay(50);
      }
    },
  };
}

const tail = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');

/** Ports of 127.0.0.1 that nobody listens on now, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
