import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';

/**
 * Owns the port at which a debugger looks for a Function, and passes its connections to the version that serves. Versions
 * overlap, and only one of them could listen there; an editor that attaches again (`"restart": true`) finds the next one.
 */
export class DebugRelay {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #target: number | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#pass(socket);
    });
  }

  /** @returns undefined if the port is taken */
  static async open(port: number): Promise<DebugRelay | undefined> {
    const server = createServer();
    try {
      server.listen(port, LOOPBACK);
      await once(server, 'listening');
      return new DebugRelay(server);
    } catch {
      return undefined;
    }
  }

  /** Ends the connections to the version before: one that waits at a breakpoint goes on. */
  switchTo(port: number): void {
    if (this.#target === port) return;
    this.#target = port;
    for (const socket of this.#connections) socket.destroy();
  }

  #pass(socket: Socket): void {
    if (this.#target === undefined) {
      socket.destroy();
      return;
    }
    const upstream = connect(this.#target, LOOPBACK);
    this.#connections.add(socket);
    const end = (): void => {
      this.#connections.delete(socket);
      socket.destroy();
      upstream.destroy();
    };
    for (const side of [socket, upstream]) side.on('error', end).on('close', end);
    socket.pipe(upstream).pipe(socket);
  }

  close(): void {
    for (const socket of this.#connections) socket.destroy();
    this.#server.close();
  }
}
