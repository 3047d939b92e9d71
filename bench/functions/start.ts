import { request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startProcess, type MeasuredProcess } from '../measure/measured-process.ts';
import type { Contender } from './contenders.ts';

export interface Started extends MeasuredProcess {
  readonly port: number;
  /** From the start of the process to its first 200. */
  readonly milliseconds: number;
}

const PATIENCE_MILLISECONDS = 20_000;

/** Starts a contender on a free port and waits for its first 200. */
export async function start({ name, program, args, env, readyAt }: Contender, core?: number): Promise<Started> {
  const port = await freePort();
  const began = performance.now();
  const started = startProcess({
    program,
    args,
    env: { NODE_ENV: 'production', FUNC_PORT: String(port), ...env },
    stdio: 'ignore',
    ...(core !== undefined && { core }),
  });
  while ((await statusOf(port, readyAt)) !== 200) {
    if (performance.now() - began > PATIENCE_MILLISECONDS) throw new Error(`${name} did not start`);
    await pause(2);
  }
  return { ...started, port, milliseconds: performance.now() - began };
}

/** undefined if nobody answers. */
function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve(answer.statusCode);
      });
    });
    asked.on('error', () => {
      resolve(undefined);
    });
    asked.end();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no port is free'));
      });
    });
  });
}
