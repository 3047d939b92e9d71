import type { Server } from 'node:net';

/** A port that cannot be listened on: taken, not allowed, or an address that this machine does not have. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/**
 * @param port 0 for any that is free
 * @param address undefined for all
 * @returns the port
 * @throws ListenError
 */
export function listen(server: Server, port: number, address?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(new ListenError(`cannot listen on ${address ?? 'all addresses'}, port ${port}`, { cause: error }));
    };
    server.once('error', fail);
    server.listen({ port, ...(address !== undefined && { host: address }) }, () => {
      server.off('error', fail);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

/**
 * @param socket path of a Unix socket that does not exist yet
 * @throws ListenError
 */
export function listenOnSocket(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(new ListenError(`cannot listen on ${socket}`, { cause: error }));
    };
    server.once('error', fail);
    server.listen(socket, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** Stops listening; resolves when the last connection is closed. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
