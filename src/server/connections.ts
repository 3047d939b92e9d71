import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

export interface ConnectionLimits {
  /** Open at the same time. */
  readonly connections: number;
}

interface Connection {
  readonly address: string;
  /** Of the connection, below TLS. */
  readonly socket: Socket;
  inFlight: number;
}

/**
 * Bounds the connections of a server, and so their memory: a silent TLS connection costs 24 kB. When there are too many,
 * room is made for the new one: first the oldest that has not sent a request yet, of the address that has the most of
 * them, then the one that has been idle for the longest time. A connection whose request is being answered is never closed. So
 * whoever opens thousands loses their own, and the API server goes on.
 *
 * @param onClosed one was closed, or turned away
 */
export function boundConnections(server: Server, { connections }: ConnectionLimits, onClosed: () => void): void {
  const open = new Map<string, Connection>();
  /** Without a request yet, in the order of age, by address. */
  const silent = new Map<string, Set<Connection>>();
  /** Between two requests, in the order of their last answers. */
  const idle = new Set<Connection>();

  const noLongerSilent = (connection: Connection): void => {
    const those = silent.get(connection.address);
    those?.delete(connection);
    if (those?.size === 0) silent.delete(connection.address);
  };
  const forget = (key: string, connection: Connection): void => {
    open.delete(key);
    idle.delete(connection);
    noLongerSilent(connection);
  };
  const leastNeeded = (): Connection | undefined => {
    let most: ReadonlySet<Connection> = idle;
    for (const those of silent.values()) if (most === idle || those.size > most.size) most = those;
    const [oldest] = most;
    return oldest;
  };

  server.on('connection', (socket: Socket) => {
    if (open.size >= connections) {
      onClosed();
      const closed = leastNeeded();
      if (closed === undefined) {
        socket.destroy();
        return;
      }
      forget(keyOf(closed.socket), closed);
      closed.socket.destroy();
    }
    const key = keyOf(socket);
    const connection: Connection = { address: socket.remoteAddress ?? '', socket, inFlight: 0 };
    open.set(key, connection);
    const those = silent.get(connection.address) ?? new Set();
    silent.set(connection.address, those.add(connection));
    socket.once('close', () => {
      if (open.get(key) === connection) forget(key, connection);
    });
  });

  const known = new WeakMap<Socket, Connection>();
  /** At the first request of a connection. */
  const meet = (socket: Socket): Connection | undefined => {
    const connection = open.get(keyOf(socket));
    if (connection === undefined) return undefined;
    known.set(socket, connection);
    noLongerSilent(connection);
    return connection;
  };
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    // Over TLS it is another object than that of the connection, with the same address.
    const connection = known.get(socket) ?? meet(socket);
    if (connection === undefined) return;
    connection.inFlight += 1;
    idle.delete(connection);
    response.on('close', () => {
      connection.inFlight -= 1;
      if (connection.inFlight === 0 && !connection.socket.destroyed) idle.add(connection);
    });
  });
}

/** No two open connections to a port have the same. */
const keyOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`;
