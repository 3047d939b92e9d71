import { once } from 'node:events';
import { WebSocket } from 'ws';

type Fields = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
}

/** A debugger that speaks the inspector protocol, as Chrome and VS Code do. */
export class InspectorClient {
  readonly #socket: WebSocket;
  readonly events: Message[] = [];
  readonly #answers = new Map<number, (message: Message) => void>();
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as Message;
      if (message.id === undefined) this.events.push(message);
      else this.#answers.get(message.id)?.(message);
    });
  }

  static async attach(port: number): Promise<InspectorClient> {
    const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly {
      readonly webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(list[0]?.webSocketDebuggerUrl ?? '');
    await once(socket, 'open');
    return new InspectorClient(socket);
  }

  ask(method: string, params: Fields = {}): Promise<Message> {
    const id = (this.#asked += 1);
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Waits for an event that comes after the first `from` ones; @returns its parameters */
  async event(method: string, from = 0, where: (params: Fields) => boolean = () => true): Promise<Fields> {
    for (;;) {
      const found = this.events.slice(from).find((each) => each.method === method && where(each.params ?? {}));
      if (found !== undefined) return found.params ?? {};
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.#socket.terminate();
  }
}
