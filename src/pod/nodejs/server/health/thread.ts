/**
 * The program of the health thread: answers `GET /healthz` while the handler keeps its own thread busy.
 *
 * It is a bundle of its own, as small as can be: each thread loads its code again, and what it needs of Node.js.
 */
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { HealthConnections, type Answer } from './connections.ts';
import { readOrders, type HealthReport } from './orders.ts';
import { Pulse } from './pulse.ts';
import type { RequestLine } from './request.ts';

const orders = readOrders(workerData);
const STDERR = 2;
/** A handler that holds its thread for less is not worth a line. */
const WORTH_A_WARNING_SECONDS = 2;
/** Between two lines. */
const QUIET_MILLISECONDS = 10_000;
/** Between two questions: as often as the kubelet asks for readiness. The first liveness probe comes after two minutes only. */
const PULSE_MILLISECONDS = 1000;

const report = (message: HealthReport): void => parentPort?.postMessage(message);
const pulse = new Pulse(orders.limitSeconds, () => parentPort?.postMessage('ping'));
parentPort?.on('message', () => {
  pulse.answered();
});

let warnedAt = -QUIET_MILLISECONDS;

/** Past the main thread, through which `process.stderr` of another thread would have to go. */
function warn(busySeconds: number, now: number): void {
  if (busySeconds < WORTH_A_WARNING_SECONDS || now - warnedAt < QUIET_MILLISECONDS) return;
  warnedAt = now;
  const msg = `the handler has kept its thread busy for ${busySeconds.toFixed(0)} s: no other call is served meanwhile`;
  writeSync(STDERR, `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg })}\n`);
}

setInterval(() => {
  const now = performance.now();
  warn(pulse.feel(now).busySeconds, now);
}, PULSE_MILLISECONDS);

function answer({ path }: RequestLine): Answer {
  if (path !== '/healthz') return { status: '404 Not Found', text: 'there is /healthz' };
  const { alive, busySeconds } = pulse.feel(performance.now());
  const text = busySeconds < WORTH_A_WARNING_SECONDS ? 'OK' : `busy for ${busySeconds.toFixed(0)} s`;
  return { status: alive ? '200 OK' : '503 Service Unavailable', text };
}

const connections = new HealthConnections(answer);
const server = createServer((socket) => {
  connections.add(socket);
});
server.on('error', (error) => {
  report({ failed: error.message });
});
server.listen(orders.port, () => {
  const address = server.address();
  report({ port: typeof address === 'object' && address !== null ? address.port : orders.port });
});
