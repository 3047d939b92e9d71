/**
 * As much of NATS' protocol as a pull consumer of JetStream needs, so that the real client of examples/nats-consumer has somebody to talk to.
 * Source: https://docs.nats.io/reference/reference-protocols/nats-protocol, .../nats_api_reference
 */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Queue {
  /** `nats://HOST:PORT` */
  readonly url: string;
  /** Resolves when a consumer has acknowledged the message. */
  readonly acknowledged: Promise<void>;
  close(): void;
}

const STREAM = 'orders';
const CONSUMER = 'pricing';
const INFO = { server_id: 'TEST', version: '2.12.0', proto: 1, headers: true, max_payload: 1_048_576, jetstream: true };
const CONSUMER_INFO = {
  type: 'io.nats.jetstream.api.v1.consumer_info_response',
  stream_name: STREAM,
  name: CONSUMER,
  created: '2026-01-01T00:00:00Z',
  config: { durable_name: CONSUMER, ack_policy: 'explicit', ack_wait: 30_000_000_000, deliver_policy: 'all' },
  delivered: { consumer_seq: 0, stream_seq: 0 },
  ack_floor: { consumer_seq: 0, stream_seq: 0 },
  num_pending: 1,
};

/** A queue with one message, which each new pull gets until it is acknowledged. */
export async function startQueue(message: object, address = '127.0.0.1'): Promise<Queue> {
  let acknowledge = (): void => undefined;
  const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket, JSON.stringify(message), acknowledge);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  return {
    url: `nats://${address}:${typeof bound === 'object' && bound !== null ? bound.port : 0}`,
    acknowledged,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function serve(socket: Socket, message: string, acknowledge: () => void): void {
  const subscriptions = new Map<string, string>();
  const send = (inbox: string, text: string, { subject = inbox, reply = '' } = {}): void => {
    // Inboxes are asked for with a wildcard at their end.
    const sid = [...subscriptions].find(([pattern]) => inbox.startsWith(pattern.replace(/[*>]$/, '')))?.[1];
    if (sid === undefined) return;
    socket.write(`MSG ${subject} ${sid} ${reply === '' ? '' : `${reply} `}${Buffer.byteLength(text)}\r\n${text}\r\n`);
  };
  const published = (subject: string, reply: string): void => {
    if (subject === `$JS.API.CONSUMER.INFO.${STREAM}.${CONSUMER}`) send(reply, JSON.stringify(CONSUMER_INFO));
    else if (subject === `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${CONSUMER}`) {
      const ack = `$JS.ACK.${STREAM}.${CONSUMER}.1.1.1.1767225600000000000.0`;
      send(reply, message, { subject: `${STREAM}.received`, reply: ack });
    } else if (subject.startsWith('$JS.ACK.')) acknowledge();
  };
  socket.write(`INFO ${JSON.stringify(INFO)}\r\n`);
  createInterface({ input: socket }).on('line', (line) => {
    const [verb = '', ...words] = line.trim().split(' ');
    if (verb === 'PING') socket.write('PONG\r\n');
    else if (verb === 'SUB') subscriptions.set(words[0] ?? '', words.at(-1) ?? '');
    // SUBJECT [REPLY] SIZE, or with headers SUBJECT [REPLY] SIZE SIZE; the payload's line is no verb.
    else if (verb === 'PUB') published(words[0] ?? '', words.length > 2 ? (words[1] ?? '') : '');
    else if (verb === 'HPUB') published(words[0] ?? '', words.length > 3 ? (words[1] ?? '') : '');
  });
}
