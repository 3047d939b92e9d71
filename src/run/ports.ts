import { once } from 'node:events';
import { createServer } from 'node:net';
import type { V1Pod } from '@kubernetes/client-node';
import { STATUS_ANNOTATION } from '../function/keys.ts';
import { parseStatus } from '../inject/status.ts';
import type { RunFailure } from './failure.ts';

/**
 * Takes a port for a moment, on all addresses as the Function's server will.
 *
 * @param wanted 0 for any free one
 * @returns the port, or undefined where it is taken (or not this user's to take)
 */
export async function freePort(wanted: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(wanted);
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE' || code === 'EACCES') return undefined;
    throw error;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/**
 * The port for an injected Pod's server: the wanted one, else the Function's own.
 *
 * @param wanted 0 for any free one
 * @returns undefined where the container has a command of its own; or why it cannot be had
 */
export async function portFor(pod: V1Pod, wanted: number | undefined): Promise<number | RunFailure | undefined> {
  const status = parseStatus(pod.metadata?.annotations?.[STATUS_ANNOTATION]);
  const container = pod.spec?.containers.find(({ name }) => name === status?.container);
  if (status?.server !== true) {
    return wanted === undefined
      ? undefined
      : {
          kind: 'wrong-input',
          problem: `the container ${status?.container ?? ''} has a command of its own, which cannot be given a port`,
          fix: 'leave out --port',
        };
  }
  const own = Number(container?.env?.find(({ name }) => name === 'FUNC_PORT')?.value);
  const port = wanted ?? own;
  return (
    (await freePort(port)) ?? {
      kind: 'wrong-input',
      problem: `port ${port} cannot be listened on: it is taken, or not yours to take`,
      fix: 'give another one with --port; 0 means any that is free',
    }
  );
}
