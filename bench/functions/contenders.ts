/** Who is measured against whom, language by language. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Api } from '../../src/function/api.ts';

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
  readonly connections: number;
  readonly contender: string;
  readonly against: string;
  /** Least ratio of requests per second; undefined if the figure is only shown. */
  readonly target: number | undefined;
}

export type Language = 'nodejs' | 'python';

export interface Field {
  readonly language: Language;
  readonly api: Api;
  readonly title: string;
  /** What start and memory are compared with. */
  readonly bare: string;
  readonly contenders: readonly Contender[];
  readonly comparisons: readonly Comparison[];
}

const root = path.resolve(import.meta.dirname, '../..');
const bare = (name: string): string => path.join(import.meta.dirname, 'servers', name);

/** What a handler of a few lines does: with Express' two objects as its arguments, with the event alone, and with both. */
const HANDLERS = {
  http: "exports.main = (req, res) => { res.type('text/plain').send(`Hello, ${req.body?.name ?? 'world'}!`); };",
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
  // As a Pod has it: the health thread is there as well.
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

const ofEvent = (
  what: string,
  request: Comparison['request'],
  contender: string,
  against: string,
  target?: number,
): Comparison => ({ what, request, connections: 16, contender, against, target });

const NODE_COMPARISONS: readonly Comparison[] = [
  ofEvent('GET, the event alone', 'GET', 'Buildless', 'bare node:http', 0.6),
  ofEvent('JSON, the event alone', 'POST', 'Buildless', 'bare node:http', 0.6),
  ofEvent('JSON, event.extensions', 'POST', 'Buildless, event.extensions', 'bare Express 5', 0.9),
  ofEvent('JSON, traced', 'POST', 'Buildless, traced', 'Buildless'),
];

const PYTHON_HANDLER = `
def main(event, context):
    return f"Hello, {event['data']['name'] if event['data'] else 'world'}!"
`;

/** The interpreter itself: a version manager's `python3` is a script that takes longer to start than Python. */
const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

const python = (name: string, args: readonly string[], readyAt: string, env: Readonly<Record<string, string>>) => ({
  name,
  program: PYTHON,
  // As a stranger in a Pod, who may write no bytecode.
  args: ['-B', ...args],
  env,
  readyAt,
});

/** The server with what the image of the toolkit has compiled for a Python. */
function compiledServer(): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'buildless-bench-')), 'runtime');
  cpSync(path.join(root, 'dist/pod/python'), folder, { recursive: true });
  execFileSync(PYTHON, [path.join(root, 'scripts/compile-python.py'), folder], { stdio: 'ignore' });
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
  ofEvent('GET', 'GET', 'Buildless', 'bare Cheroot', 0.8),
  ofEvent('JSON', 'POST', 'Buildless', 'bare Cheroot', 0.8),
  ofEvent('JSON, traced', 'POST', 'Buildless, traced', 'Buildless'),
];

/** `main(req, res)` beside the application of Express that does the same. */
const nodeHttpContenders = (program: string): readonly Contender[] => [
  { name: 'bare Express 5', program, args: [bare('express.mjs')], env: {}, readyAt: '/' },
  buildless(program, 'Buildless', 'http', { BUILDLESS_API: 'http' }),
  buildless(program, 'Buildless, event', 'plain'),
];

const FLASK_HANDLER = `
import flask

def main():
    return f"Hello, {flask.request.get_json()['name'] if flask.request.method == 'POST' else 'world'}!"
`;

/** Flask is in the version that the server brings along. */
const GUNICORN = ['flask==3.1.3', 'gunicorn==27.0.1'];

/** `main()` beside the application of Flask that does the same, on gunicorn. */
function pythonHttpContenders(): readonly Contender[] {
  const packages = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
  execFileSync(PYTHON, ['-m', 'pip', 'install', '--quiet', '--target', packages, ...GUNICORN], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const flask = ['-m', 'gunicorn', '--config', bare('gunicorn_conf.py'), '--chdir', bare(''), 'flask_app:app'];
  return [
    python('Flask on gunicorn', flask, '/', { PYTHONPATH: packages }),
    buildlessPython(
      'Buildless',
      {
        BUILDLESS_API: 'http',
        HANDLER_PATH: functionFolder('handler.py', FLASK_HANDLER),
      },
      compiledServer(),
    ),
    buildlessPython('Buildless, event', {}, compiledServer()),
  ];
}

const HTTP_TARGET = 0.9;

/** One client after the other, and as many at once as the server of Python has threads. */
const httpComparisons = (against: string): readonly Comparison[] =>
  [1, 50].flatMap((connections) =>
    (['GET', 'POST'] as const).flatMap((request) => {
      const what = `${request === 'GET' ? 'hello' : 'JSON'}, ${connections} connection${connections === 1 ? '' : 's'}`;
      const shared = { what, request, connections, contender: 'Buildless' };
      return [
        { ...shared, against, target: HTTP_TARGET },
        { ...shared, against: 'Buildless, event', target: undefined },
      ];
    }),
  );

/** What can be asked for; its contenders are set up when it is measured. */
export interface Subject {
  readonly language: Language;
  readonly api: Api;
  readonly setUp: () => Field;
}

/**
 * @param node path of the Node.js that runs those in it
 * @param collector where spans are sent for those that are traced
 */
export const subjects = (node: string, collector: string): readonly Subject[] => {
  const subject = (language: Language, api: Api, rest: () => Omit<Field, 'language' | 'api'>): Subject => ({
    language,
    api,
    setUp: () => ({ language, api, ...rest() }),
  });
  const version = (): string => execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
  return [
    subject('nodejs', 'event', () => ({
      title: `Functions in Node.js ${version()}`,
      bare: 'bare node:http',
      contenders: nodeContenders(node, collector),
      comparisons: NODE_COMPARISONS,
    })),
    subject('nodejs', 'http', () => ({
      title: `main(req, res) in Node.js ${version()}`,
      bare: 'bare Express 5',
      contenders: nodeHttpContenders(node),
      comparisons: httpComparisons('bare Express 5'),
    })),
    subject('python', 'event', () => ({
      title: 'Functions in Python',
      bare: 'bare http.server',
      contenders: pythonContenders(collector),
      comparisons: PYTHON_COMPARISONS,
    })),
    subject('python', 'http', () => ({
      title: 'main() of Flask in Python',
      bare: 'Flask on gunicorn',
      contenders: pythonHttpContenders(),
      comparisons: httpComparisons('Flask on gunicorn'),
    })),
  ];
};
