/** Who is measured against whom, language by language. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Contender {
  readonly name: string;
  readonly program: string;
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

export interface Field {
  readonly language: 'nodejs' | 'python';
  readonly title: string;
  /** What start and memory are compared with. */
  readonly bare: string;
  readonly contenders: readonly Contender[];
  readonly comparisons: readonly Comparison[];
}

const root = path.resolve(import.meta.dirname, '../..');
const bare = (name: string): string => path.join(import.meta.dirname, 'servers', name);

/** What a handler of a few lines does: one that reads the event alone, and one that uses Express' two objects. */
const HANDLERS = {
  plain: "module.exports = { main: (event) => `Hello, ${event.data?.name ?? 'world'}!` };",
  express:
    "module.exports = { main({ extensions: { request, response } }) { response.type('text/plain').send(`Hello, ${request.body?.name ?? 'world'}!`); } };",
} as const;

function functionFolder(file: string, text: string): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'buildless-bench-')), 'function');
  mkdirSync(folder);
  writeFileSync(path.join(folder, file), text);
  return folder;
}

const buildless = (
  program: string,
  name: string,
  handler: keyof typeof HANDLERS,
  env: Readonly<Record<string, string>> = {},
): Contender => ({
  name,
  program,
  args: [path.join(root, 'dist/pod/nodejs/server.mjs')],
  // As a Pod has it: the health thread is there, too.
  env: {
    HANDLER_PATH: functionFolder('handler.js', HANDLERS[handler]),
    FUNC_NAME: 'hello',
    BUILDLESS_HEALTH_PORT: '0',
    ...env,
  },
  readyAt: '/healthz',
});

/**
 * @param program path of the Node.js that runs them
 * @param collector where spans are sent for the one that is traced
 */
const nodeContenders = (program: string, collector: string): readonly Contender[] => [
  { name: 'bare node:http', program, args: [bare('node-http.mjs')], env: {}, readyAt: '/' },
  { name: 'bare Express 5', program, args: [bare('express.mjs')], env: {}, readyAt: '/' },
  buildless(program, 'Buildless', 'plain'),
  buildless(program, 'Buildless, event.extensions', 'express'),
  buildless(program, 'Buildless, traced', 'plain', { OTEL_EXPORTER_OTLP_ENDPOINT: collector }),
];

const NODE_COMPARISONS: readonly Comparison[] = [
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

const PYTHON_HANDLER = `
def main(event, context):
    return f"Hello, {event['data']['name'] if event['data'] else 'world'}!"
`;

const python = (name: string, args: readonly string[], readyAt: string, env: Readonly<Record<string, string>>) => ({
  name,
  program: 'python3',
  // As a stranger in a Pod, who may write no bytecode.
  args: ['-B', ...args],
  env,
  readyAt,
});

/** The server with what the image of the toolkit has compiled for a Python. */
function compiledServer(): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'buildless-bench-')), 'runtime');
  cpSync(path.join(root, 'dist/pod/python'), folder, { recursive: true });
  execFileSync('python3', [path.join(root, 'scripts/compile-python.py'), folder], { stdio: 'ignore' });
  return folder;
}

const buildlessPython = (
  name: string,
  env: Readonly<Record<string, string>> = {},
  runtime = path.join(root, 'dist/pod/python'),
): Contender =>
  python(name, [path.join(runtime, 'server.py')], '/healthz', {
    HANDLER_PATH: functionFolder('handler.py', PYTHON_HANDLER),
    FUNC_NAME: 'hello',
    BUILDLESS_HEALTH_PORT: '0',
    ...env,
  });

const pythonContenders = (collector: string): readonly Contender[] => [
  python('bare http.server', [bare('http_server.py')], '/', {}),
  python('bare Cheroot', [bare('cheroot_app.py')], '/', { VENDOR: path.join(root, 'dist/pod/python/vendor') }),
  buildlessPython('Buildless'),
  buildlessPython('Buildless, compiled', {}, compiledServer()),
  buildlessPython('Buildless, traced', { OTEL_EXPORTER_OTLP_ENDPOINT: collector }),
];

const PYTHON_COMPARISONS: readonly Comparison[] = [
  { what: 'GET', request: 'GET', contender: 'Buildless', against: 'bare Cheroot', target: 0.8 },
  { what: 'JSON', request: 'POST', contender: 'Buildless', against: 'bare Cheroot', target: 0.8 },
  { what: 'JSON, traced', request: 'POST', contender: 'Buildless, traced', against: 'Buildless', target: undefined },
];

/**
 * @param node path of the Node.js that runs those in it
 * @param collector where spans are sent for those that are traced
 */
export const fields = (node: string, collector: string): readonly Field[] => [
  {
    language: 'nodejs',
    title: `Functions in Node.js ${execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()}`,
    bare: 'bare node:http',
    contenders: nodeContenders(node, collector),
    comparisons: NODE_COMPARISONS,
  },
  {
    language: 'python',
    title: 'Functions in Python',
    bare: 'bare http.server',
    contenders: pythonContenders(collector),
    comparisons: PYTHON_COMPARISONS,
  },
];
