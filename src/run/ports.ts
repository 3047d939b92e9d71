import { once } from 'node:events';
import { createServer } from 'node:net';
import type { V1Pod } from '@kubernetes/client-node';
import { STATUS_ANNOTATION } from '../function/keys.ts';
import { parseStatus } from '../inject/status.ts';
import type { RunFailure } from './failure.ts';

/** Takes a free port for a moment, on all addresses as the Function's server will. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0);
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('a server on a port has no address');
  return address.port;
}

/**
 * The port on which an injected Pod's server is to be found: the wanted one, else the Function's own.
 *
 * @param wanted 0 for any free one
 * @returns undefined if the container has a command of its own; or why it cannot be had
 */
export function portFor(pod: V1Pod, wanted: number | undefined): number | RunFailure | undefined {
  const status = parseStatus(pod.metadata?.annotations?.[STATUS_ANNOTATION]);
  const container = pod.spec?.containers.find(({ name }) => name === status?.container);
  if (status?.server === true) return wanted ?? Number(container?.env?.find(({ name }) => name === 'FUNC_PORT')?.value);
  return wanted === undefined
    ? undefined
    : {
        kind: 'wrong-input',
        problem: `the container ${status?.container ?? ''} has a command of its own, which cannot be given a port`,
        fix: 'leave out --port',
      };
}

export const portTaken = (port: number): RunFailure => ({
  kind: 'wrong-input',
  problem: `port ${port} cannot be listened on: it is taken, or not yours to take`,
  fix: 'give another one with --port; 0 means any that is free',
});
