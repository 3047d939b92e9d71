import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { LOOPBACK, listenAt, Sessions, type DebuggedVersion, type DebugRelay } from './debug-relay.ts';
import { InspectorSession, openInspector } from './inspector-session.ts';

/**
 * The relay of Node.js: https://nodejs.org/api/debugger.html#v8-inspector-integration-for-nodejs. Whether a client may ask is left
 * to Node.js, which gets its `Host` and the secret path of its target: a page in a browser has neither.
 */
export class InspectorRelay implements DebugRelay {
  readonly #server: Server;
  readonly port: number;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #sessions = new Sessions<InspectorSession>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#list(request, response);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#attach(request, socket, head);
    });
  }

  /**
   * @param wanted 0 for any that is free
   * @returns undefined if the port is taken
   */
  static async open(wanted: number): Promise<InspectorRelay | undefined> {
    const server = createServer();
    const port = await listenAt(server, wanted);
    return port === undefined ? undefined : new InspectorRelay(server, port);
  }

  switchTo(version: DebuggedVersion): Promise<void> {
    return this.#sessions.moveTo(version);
  }

  close(): void {
    this.#sessions.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** `/json/list` and the like. */
  #list({ url = '/', method = 'GET', headers }: IncomingMessage, response: ServerResponse): void {
    const { version } = this.#sessions;
    if (version === undefined) {
      response.destroy();
      return;
    }
    const { host = LOOPBACK } = headers;
    forward({ host: LOOPBACK, port: version.port, path: url, method, headers: { host }, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    })
      // The version has not started yet; debuggers ask again.
      .on('error', () => response.destroy())
      .end();
  }

  async #attach(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { version } = this.#sessions;
    socket.on('error', () => socket.destroy());
    try {
      if (version === undefined) throw new Error('nothing runs yet');
      const { host = LOOPBACK } = request.headers;
      const program = await openInspector(version.port, request.url ?? '/', { host });
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        const session = new InspectorSession(client, program, version);
        this.#sessions.add(session);
        client.on('close', () => {
          this.#sessions.delete(session);
        });
        // The version may have changed while the program was asked.
        const now = this.#sessions.version;
        if (now !== undefined && now !== version) void session.moveTo(now);
      });
    } catch {
      socket.destroy();
    }
  }
}
