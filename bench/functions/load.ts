/** Sends the same request again and again on a few connections; reads no more of an answer than it must. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const BODY = JSON.stringify({ name: 'benchmark', order: { id: 'a-17', lines: [1, 2, 3], paid: true } });
const REQUESTS = {
  GET: 'GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n\r\n',
  POST: `POST / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
} as const;

export interface Load {
  readonly count: number;
  readonly seconds: number;
  /** Milliseconds of each request. */
  readonly latencies: readonly number[];
}

export async function load(
  port: number,
  request: keyof typeof REQUESTS,
  connections: number,
  milliseconds: number,
): Promise<Load> {
  const bytes = Buffer.from(REQUESTS[request]);
  const started = performance.now();
  const until = started + milliseconds;
  const all = await Promise.all(Array.from({ length: connections }, () => drive(port, bytes, until)));
  const latencies = all.flat();
  return { count: latencies.length, seconds: (performance.now() - started) / 1000, latencies };
}

/** @returns the milliseconds of each request */
async function drive(port: number, bytes: Buffer, until: number): Promise<readonly number[]> {
  const socket: Socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  const latencies: number[] = [];
  let asked = performance.now();
  await new Promise<void>((resolve, reject) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) return;
      // Node's own answer with a body of known length is not chunked; so is ours, and Express'.
      const [, length = 'none'] = /\r\ncontent-length: (\d+)/i.exec(received) ?? [];
      if (!received.startsWith('HTTP/1.1 200') || length === 'none') {
        reject(new Error(`an unexpected answer: ${received.slice(0, 300)}`));
        return;
      }
      if (received.length < end + 4 + Number(length)) return;
      received = '';
      const answered = performance.now();
      latencies.push(answered - asked);
      asked = answered;
      if (answered < until) socket.write(bytes);
      else resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the server closed the connection'));
    });
    socket.write(bytes);
  });
  socket.destroy();
  return latencies;
}
