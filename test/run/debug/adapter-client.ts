import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readMessages, writeMessage, type AdapterMessage } from '../../../src/run/debug/adapter-message.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An editor that speaks the Debug Adapter Protocol, as VS Code does with debugpy. */
export class AdapterClient {
  readonly #socket: Socket;
  readonly events: AdapterMessage[] = [];
  readonly #answers = new Map<number, (message: AdapterMessage) => void>();
  #asked = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    readMessages(socket, (message) => {
      if (message.type === 'response') this.#answers.get(message.request_seq ?? 0)?.(message);
      else this.events.push(message);
    });
  }

  /** Attaches with one breakpoint, in the order of the protocol. */
  static async attach(port: number, file: string, line: number): Promise<AdapterClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new AdapterClient(socket);
    await client.ask('initialize', { adapterID: 'debugpy', linesStartAt1: true, pathFormat: 'path' });
    const attached = client.ask('attach', { justMyCode: false });
    await client.event('initialized');
    await client.ask('setBreakpoints', { source: { path: file }, breakpoints: [{ line }] });
    await client.ask('configurationDone');
    await attached;
    return client;
  }

  ask(command: string, given: Fields = {}): Promise<AdapterMessage> {
    const seq = (this.#asked += 1);
    return new Promise((resolve) => {
      this.#answers.set(seq, resolve);
      writeMessage(this.#socket, { seq, type: 'request', command, arguments: given });
    });
  }

  /** Waits for an event that comes after the first `from` ones; @returns its body */
  async event(name: string, from = 0): Promise<Fields> {
    for (;;) {
      const found = this.events.slice(from).find((each) => each.event === name);
      if (found !== undefined) return found.body ?? {};
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
