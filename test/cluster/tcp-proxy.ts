import { createServer, connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Passes connections on, as a Service does: to one of the backends that are there when a connection is opened. */
export interface TcpProxy {
  readonly port: number;
  /** Ports of 127.0.0.1 that new connections go to in turn; with none, they are closed at once. */
  use(ports: readonly number[]): void;
  /** Cuts all open connections. */
  cut(): void;
  close(): Promise<void>;
}

/** @param at where it listens; any port of 127.0.0.1 unless told otherwise */
export async function openTcpProxy(at: { readonly address?: string; readonly port?: number } = {}): Promise<TcpProxy> {
  let backends: readonly number[] = [];
  let turn = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  };
  const server = createServer((client) => {
    keep(client);
    const backend = backends[turn++ % Math.max(1, backends.length)];
    if (backend === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect(backend, '127.0.0.1');
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port ?? 0, at.address ?? '127.0.0.1', resolve);
  });
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    use(ports) {
      backends = ports;
    },
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
      await delay(0);
    },
  };
}
