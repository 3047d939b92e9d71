/** Who is measured against whom. Another language is another list of the same shape, and rows in `COMPARISONS`. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Contender {
  readonly name: string;
  /** Arguments of `node`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 when it is ready. */
  readonly readyAt: string;
}

export interface Comparison {
  readonly what: string;
  readonly request: 'GET' | 'POST';
  readonly contender: string;
  readonly against: string;
  /** Least ratio of requests per second; undefined where the figure is only shown. */
  readonly target: number | undefined;
}

const root = path.resolve(import.meta.dirname, '../..');
const bare = (name: string): string => path.join(import.meta.dirname, 'servers', name);

/** What a handler of a few lines does: one that reads the event alone, and one that uses Express' two objects. */
const HANDLERS = {
  plain: "module.exports = { main: (event) => `Hello, ${event.data?.name ?? 'world'}!` };",
  express:
    "module.exports = { main({ extensions: { request, response } }) { response.type('text/plain').send(`Hello, ${request.body?.name ?? 'world'}!`); } };",
} as const;

function functionFolder(handler: keyof typeof HANDLERS): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'buildless-bench-')), 'function');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'handler.js'), HANDLERS[handler]);
  return folder;
}

const buildless = (
  name: string,
  handler: keyof typeof HANDLERS,
  env: Readonly<Record<string, string>> = {},
): Contender => ({
  name,
  args: [path.join(root, 'dist/pod/nodejs/server.mjs')],
  // As a Pod has it: the health thread is there, too.
  env: { HANDLER_PATH: functionFolder(handler), FUNC_NAME: 'hello', BUILDLESS_HEALTH_PORT: '0', ...env },
  readyAt: '/healthz',
});

/** @param collector where spans are sent for the one that is traced */
export const nodeContenders = (collector: string): readonly Contender[] => [
  { name: 'bare node:http', args: [bare('node-http.mjs')], env: {}, readyAt: '/' },
  { name: 'bare Express 5', args: [bare('express.mjs')], env: {}, readyAt: '/' },
  buildless('Buildless', 'plain'),
  buildless('Buildless, event.extensions', 'express'),
  buildless('Buildless, traced', 'plain', { OTEL_EXPORTER_OTLP_ENDPOINT: collector }),
];

export const NODE_COMPARISONS: readonly Comparison[] = [
  { what: 'GET, the event alone', request: 'GET', contender: 'Buildless', against: 'bare node:http', target: 0.6 },
  { what: 'JSON, the event alone', request: 'POST', contender: 'Buildless', against: 'bare node:http', target: 0.6 },
  {
    what: 'JSON, event.extensions',
    request: 'POST',
    contender: 'Buildless, event.extensions',
    against: 'bare Express 5',
    target: 0.9,
  },
  { what: 'JSON, traced', request: 'POST', contender: 'Buildless, traced', against: 'Buildless', target: undefined },
];
