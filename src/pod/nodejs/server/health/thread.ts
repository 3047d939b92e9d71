/**
 * The program of the health thread: answers `GET /healthz` while the handler keeps its own thread busy.
 *
 * It is a bundle of its own, as small as can be: each thread loads its code again.
 */
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { Pulse } from './pulse.ts';
import { readOrders, type HealthReport } from './orders.ts';

const orders = readOrders(workerData);
const STDERR = 2;
/** A handler that holds its thread for less is not worth a line. */
const WORTH_A_WARNING_SECONDS = 2;

const report = (message: HealthReport): void => parentPort?.postMessage(message);
const pulse = new Pulse(orders.limitSeconds, () => parentPort?.postMessage('ping'));
parentPort?.on('message', () => {
  pulse.answered();
});

let warnedSince: number | undefined;

/** Past the main thread, through which `process.stderr` of another thread would have to go. */
function warn(busySeconds: number): void {
  if (busySeconds < WORTH_A_WARNING_SECONDS || warnedSince === pulse.busySince) return;
  warnedSince = pulse.busySince;
  const msg = `the handler has kept its thread busy for ${busySeconds.toFixed(0)} s: no other call is served meanwhile`;
  writeSync(STDERR, `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg })}\n`);
}

const server = createServer((request, response) => {
  response.shouldKeepAlive = false;
  if (request.url?.split('?')[0] !== '/healthz') {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('there is /healthz');
    return;
  }
  const { alive, busySeconds } = pulse.feel(performance.now());
  warn(busySeconds);
  const text = busySeconds < WORTH_A_WARNING_SECONDS ? 'OK' : `busy for ${busySeconds.toFixed(0)} s`;
  response.writeHead(alive ? 200 : 503, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
});
server.on('error', (error) => {
  report({ failed: error.message });
});
server.listen(orders.port, () => {
  const address = server.address();
  report({ port: typeof address === 'object' && address !== null ? address.port : orders.port });
});
