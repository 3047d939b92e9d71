import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Endpoints } from './endpoints.ts';

/** Of each kind: some keep their connection for as long as the server does, the others open one for each request. */
const CLIENTS = 8;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly closes: boolean;
}

/** Calls a Function without a pause from many clients, none of which tries anything twice. */
export class Load {
  /** What came instead of an answer. */
  readonly failures: string[] = [];
  /** The Pods that have answered. */
  readonly answeredBy = new Set<string>();
  readonly #endpoints: Endpoints;
  readonly #clients: Promise<void>[];
  #answers = 0;
  #going = true;

  /** @param endpoints of a Function that answers with the name of its Pod and `id` of what it is sent */
  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
    this.#clients = Array.from({ length: 2 * CLIENTS }, (_, index) => this.#call(index, index % 2 === 0));
  }

  get answers(): number {
    return this.#answers;
  }

  async stop(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#clients);
    await this.#endpoints.stop();
  }

  async #call(client: number, keepAlive: boolean): Promise<void> {
    const agent = keepAlive ? new Agent({ keepAlive, maxSockets: 1 }) : false;
    let address = this.#endpoints.next();
    for (let count = 0; this.#going; count += 1) {
      const id = `${client}-${count}`;
      try {
        const answer = await send(address, agent, id);
        const [pod = '', answered] = answer.text.split(' ');
        if (answer.status !== 200 || answered !== id) throw new Error(`${answer.status} ${answer.text}`);
        this.#answers += 1;
        this.answeredBy.add(pod);
        // A proxy keeps a connection where it is: only a new one goes to another Pod.
        if (answer.closes) address = this.#endpoints.next();
      } catch (error) {
        this.failures.push(`${id} to ${address}: ${String(error)}`);
        address = this.#endpoints.next();
      }
    }
    if (agent) agent.destroy();
  }
}

function send(host: string, agent: Agent | false, id: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request({ host, port: 8080, agent, method: 'POST', headers, timeout: 30_000 }, (response) => {
      const { statusCode: status = 0 } = response;
      const closes = response.headers.connection === 'close';
      text(response).then((body) => {
        resolve({ status, text: body, closes });
      }, reject);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer')));
    sent.once('error', reject);
    sent.end(JSON.stringify({ id }));
  });
}
