import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { listen } from '../../server/listen.ts';
import { createPushServer, type PushEndpointOptions } from './endpoint.ts';

export interface PushOptions extends Pick<PushEndpointOptions, 'secrets'> {
  /** 0 for any that is free. */
  readonly port: number;
  /** Where other replicas reach this one; without it they cannot pass webhooks on to it. */
  readonly host: string | undefined;
}

export interface OpenPushes {
  readonly server: Server;
  readonly port: number;
  /** `HOST:PORT` for other replicas. */
  readonly address: string | undefined;
}

/**
 * @param endpoint with the address to listen on, all if it is left out
 * @throws ListenError if the port cannot be had
 */
export async function openPushes(
  { port: wanted, host, secrets }: PushOptions,
  { address, ...endpoint }: Omit<PushEndpointOptions, 'secrets'> & { readonly address?: string },
): Promise<OpenPushes> {
  const server = createPushServer({ ...endpoint, secrets });
  const port = await listen(server, wanted, address);
  return { server, port, address: host === undefined ? undefined : `${isIPv6(host) ? `[${host}]` : host}:${port}` };
}
