/**
 * Cases that were run on Kyma's own servers of its second API (kyma-project/serverless 779485d, runtimes nodejs26 and
 * python314, unchanged, on 2026-11-28): handler, request, and what they answered. The handlers are ours.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export interface OracleAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The connection ended before the body did. */
  readonly cut?: boolean;
  readonly error?: string;
}

export interface OracleRequest {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | { readonly type: 'Buffer'; readonly data: readonly number[] };
}

export interface OracleCase {
  readonly id: string;
  /** A file of `handlers`; absent if the case has files of its own. */
  readonly handler?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly request: OracleRequest;
  readonly answer: OracleAnswer;
  /** What the publisher received. */
  readonly sent?: readonly { readonly url: string; readonly body: string }[];
}

/** Cases of one process: the same files and environment. */
export interface OracleProcess {
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly cases: readonly OracleCase[];
}

interface OracleFile {
  readonly handlers: Readonly<Record<string, string>>;
  readonly cases: readonly OracleCase[];
}

/** @param mainFile name of the file that a handler of `handlers` becomes */
export async function readOracle(file: string, mainFile: string): Promise<readonly OracleProcess[]> {
  const parsed = JSON.parse(await readFile(path.join(import.meta.dirname, file), 'utf8')) as OracleFile;
  const processes = new Map<
    string,
    { files: Readonly<Record<string, string>>; env: Readonly<Record<string, string>>; cases: OracleCase[] }
  >();
  for (const each of parsed.cases) {
    // Processes that are not asked over HTTP (a port that is taken, a trace of system calls) have tests of their own.
    if (!('request' in each) || !isAnswer(each.answer)) continue;
    const [name = ''] = each.handler?.split('/') ?? [];
    const files = each.files ?? { [mainFile]: parsed.handlers[name] ?? '' };
    const key = JSON.stringify([files, each.env]);
    const process = processes.get(key) ?? { files, env: each.env, cases: [] };
    process.cases.push(each);
    processes.set(key, process);
  }
  return [...processes.values()];
}

const isAnswer = (answer: object): boolean => 'status' in answer || 'error' in answer;

/** The text of a request's body; those over 300 bytes are recorded by their length. */
export function bodyOf({ body }: OracleRequest): string | Uint8Array | undefined {
  if (body === undefined) return undefined;
  if (typeof body !== 'string') return Uint8Array.from(body.data);
  const length = /^<(\d+) bytes>$/.exec(body)?.[1];
  if (length === undefined) return body;
  return 'x'.repeat(Number(length));
}

/** What answers at PUBLISHER_PROXY_ADDRESS and ECHO. */
export class Stub {
  readonly #server: Server;
  #received: { readonly url: string; readonly body: string }[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Stub> {
    const server = createServer();
    const stub = new Stub(server);
    server.on('request', (req, res) => {
      void stub.#answer(req).then(({ status, body }) => {
        res.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return stub;
  }

  async #answer(req: IncomingMessage): Promise<{ readonly status: number; readonly body?: string }> {
    const { url = '' } = req;
    if (url === '/echo-headers') return { status: 200, body: JSON.stringify(req.headers) };
    const body = await text(req);
    if (url === '/publish') this.#received.push({ url, body });
    return { status: body.includes('"refuse.me"') ? 400 : 204 };
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  /** What came since the last call. */
  take(): readonly { readonly url: string; readonly body: string }[] {
    const received = this.#received;
    this.#received = [];
    return received;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A text without what differs from run to run and from one Node.js to another: ids, times, spans, ports. */
export const normal = (given: string): string =>
  given
    // Node.js 23 and later name it among the exports of a CommonJS module.
    .replace(',"module.exports"', '')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/20(?:2[5-9]|3\d)-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g, 'TIME')
    .replaceAll(/(?<=00-[0-9a-f]{32}-)[0-9a-f]{16}(?=-01)/g, 'SPAN')
    .replaceAll(/127\.0\.0\.1:(?:\d+|PORT)/g, '127.0.0.1:PORT');

/** Headers of an answer that say something about the handler's answer. */
export function comparedHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const skipped = new Set(IGNORED);
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name, value]) => !skipped.has(name) && value !== undefined)
      .map(([name, value]) => [name, name === 'allow' ? sorted(String(value)) : normal(String(value))] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** A list whose order means nothing. */
const sorted = (list: string): string => list.split(', ').sort().join(', ');

/** Of the connection, the clock and the length; an ETag is compared by its presence. */
const IGNORED = [
  'connection',
  'keep-alive',
  'date',
  'content-length',
  'transfer-encoding',
  'etag',
  'last-modified',
  'server',
];

/** The environment of a case: what all of them were recorded with, and its own. */
export const environmentOf = (stub: Stub, env: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  BUILDLESS_API: 'http',
  FUNC_NAME: 'fn',
  SERVICE_NAMESPACE: 'ns',
  FUNC_RUNTIME: '',
  FUNC_TIMEOUT: '2',
  PUBLISHER_PROXY_ADDRESS: `${stub.url}/publish`,
  ECHO: stub.url,
  ...Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('http://127.0.0.1:PORT', stub.url)]),
  ),
});
