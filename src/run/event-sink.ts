/**
 * Takes the place of a cluster's publisher: receives the CloudEvents that a Function emits, prints each, and answers 204.
 * It reads both content modes of https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { isObject } from '../kubernetes/object.ts';
import { visible } from '../outcome/finding.ts';

/** More of a body is received, but not kept. */
const MOST_KEPT_BYTES = 1_048_576;
const MOST_SHOWN = 200;
const STRUCTURED = /^application\/cloudevents\+json\b/i;

export class EventSink {
  readonly #onEvent: (line: string) => void;
  #server: Server | undefined;
  #address: Promise<string> | undefined;

  /** @param onEvent called with one line for each event */
  constructor(onEvent: (line: string) => void) {
    this.#onEvent = onEvent;
  }

  /** Where events are posted to; listens from the first call on. */
  address(): Promise<string> {
    this.#address ??= this.#listen();
    return this.#address;
  }

  async #listen(): Promise<string> {
    const server = createServer((request, response) => {
      received(request).then(
        (body) => {
          if (request.method === 'POST') this.#onEvent(lineOf(request.headers, body));
          response.writeHead(request.method === 'POST' ? 204 : 405).end();
        },
        // The Function hung up.
        () => response.destroy(),
      );
    });
    this.#server = server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/publish`;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

interface Body {
  readonly text: string;
  readonly bytes: number;
}

async function received(request: IncomingMessage): Promise<Body> {
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bytes < MOST_KEPT_BYTES) kept.push(chunk.subarray(0, MOST_KEPT_BYTES - bytes));
    bytes += chunk.length;
  }
  return { text: Buffer.concat(kept).toString('utf8'), bytes };
}

/** @example lineOf(headers, body) // 'shop.order.priced.v1 from shop/pricing, id 1: {"total":6}' */
function lineOf(headers: IncomingHttpHeaders, body: Body): string {
  const structured = STRUCTURED.test(headers['content-type'] ?? '') ? parsed(body.text) : undefined;
  const attribute = (name: string): unknown => (structured === undefined ? headers[`ce-${name}`] : structured[name]);
  const type = shown(attribute('type'));
  const about =
    type === '' ? 'not a CloudEvent' : `${type} from ${shown(attribute('source'))}, id ${shown(attribute('id'))}`;
  const data = structured === undefined ? body.text : (structured.data ?? structured.data_base64);
  const whole = body.bytes > MOST_KEPT_BYTES ? ` (${body.bytes} bytes)` : '';
  return `${about}: ${shown(data)}${whole}`;
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
  return visible(short);
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
