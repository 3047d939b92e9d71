import { createServer, type Server, type Socket } from 'node:net';
import { AdapterSession } from './adapter-session.ts';
import { listenAt, Sessions, type DebuggedVersion, type DebugRelay } from './debug-relay.ts';

/** The relay of languages whose debuggers speak the Debug Adapter Protocol at a port, such as debugpy. */
export class AdapterRelay implements DebugRelay {
  readonly #server: Server;
  readonly port: number;
  readonly #sessions = new Sessions<AdapterSession>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (socket) => {
      this.#attach(socket);
    });
  }

  /**
   * @param wanted 0 for any that is free
   * @returns undefined if the port is taken
   */
  static async open(wanted: number): Promise<AdapterRelay | undefined> {
    const server = createServer();
    const port = await listenAt(server, wanted);
    return port === undefined ? undefined : new AdapterRelay(server, port);
  }

  switchTo(version: DebuggedVersion): Promise<void> {
    return this.#sessions.moveTo(version);
  }

  close(): void {
    this.#sessions.close();
    this.#server.close();
  }

  #attach(socket: Socket): void {
    const { version } = this.#sessions;
    if (version === undefined) {
      socket.destroy();
      return;
    }
    const session = new AdapterSession(socket, version);
    this.#sessions.add(session);
    socket.on('close', () => {
      this.#sessions.delete(session);
    });
  }
}
