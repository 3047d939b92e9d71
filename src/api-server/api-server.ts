import type { KubeConfig } from '@kubernetes/client-node';
import http from 'node:http';
import https from 'node:https';
import { withoutEndingSlashes } from '../function/slashes.ts';

/** An answer of the API server other than 200, 201 or 202. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A request that changes something. */
interface ApiChange {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Of the body; a patch says here which kind it is. */
  readonly contentType?:
    | 'application/json'
    | 'application/json-patch+json'
    | 'application/merge-patch+json'
    | 'application/strategic-merge-patch+json';
}

/**
 * What comes of an object: all of it, or its metadata alone.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-representations
 */
export type Representation = 'object' | 'metadata';

const ACCEPTED = {
  object: 'application/json',
  text: 'text/plain, application/json, */*',
  metadata: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  metadataList: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
} as const;

export interface ApiServer {
  /** GET of a JSON document. Rejects with ApiError, with the signal's reason, or with what the network said. */
  readonly get: (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<unknown>;
  /** The same for a list. */
  readonly list: (
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
    representation?: Representation,
  ) => Promise<unknown>;
  /** GET of a stream with one JSON document a line; resolves as soon as it is open. */
  readonly stream: (
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
    representation?: Representation,
  ) => Promise<AsyncIterable<unknown>>;
  /** GET of plain text, line by line as it comes; resolves as soon as it is open. */
  readonly lines: (
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<AsyncIterable<string>>;
  /**
   * Changes something, and gives the object as it is then. Where a kept connection turns out to be closed it is sent again,
   * so that it may arrive twice: a creation then ends in 409.
   */
  readonly change: (change: ApiChange, signal: AbortSignal) => Promise<unknown>;
  /** Closes the idle connections. */
  readonly close: () => void;
}

/**
 * Speaks to the API server that a KubeConfig names. Requests go through node:http and node:https with the options that
 * client-node makes of the KubeConfig: unlike its generated API they keep connections alive, so that a GET in the middle of a
 * review pays for no handshake, and every one of them can be ended.
 */
export function apiServer(config: KubeConfig): ApiServer {
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };

  const open = async (
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
    { change, accept = ACCEPTED.object }: { readonly change?: ApiChange; readonly accept?: string } = {},
  ): Promise<http.IncomingMessage> => {
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current context');
    const url = new URL(withoutEndingSlashes(cluster.server) + path);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const options: https.RequestOptions = {};
    // Asks exec plugins and token files too, which may hang.
    await orAborted(config.applyToHTTPSOptions(options), signal);
    const plain = url.protocol === 'http:';
    // The agent that client-node makes is new each time; only one that goes through a proxy is needed.
    if (cluster.proxyUrl === undefined) options.agent = plain ? agents['http:'] : agents['https:'];
    const body = change?.body === undefined ? undefined : JSON.stringify(change.body);
    options.headers = {
      ...options.headers,
      accept,
      ...(body !== undefined && {
        'content-type': change?.contentType ?? 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    };
    if (change !== undefined) options.method = change.method;
    const response = await send(plain ? http : https, url, { ...options, signal }, body).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    if ([200, 201, 202].includes(response.statusCode ?? 0)) return response;
    const answer = await textOf(response).catch(() => '');
    throw new ApiError(response.statusCode ?? 0, messageOf(answer) ?? `status ${response.statusCode ?? 0}`);
  };

  const document = async (...args: Parameters<typeof open>): Promise<unknown> => {
    const signal = args[2];
    try {
      const body: unknown = JSON.parse(await textOf(await open(...args)));
      return body;
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  };

  return {
    get: (path, query, signal) => document(path, query, signal),
    list: (path, query, signal, representation = 'object') =>
      document(path, query, signal, {
        accept: representation === 'metadata' ? ACCEPTED.metadataList : ACCEPTED.object,
      }),
    change: (change, signal) => document(change.path, change.query ?? {}, signal, { change }),
    stream: async (path, query, signal, representation = 'object') =>
      documentsOf(await open(path, query, signal, { accept: ACCEPTED[representation] })),
    lines: async (path, query, signal) => linesOf(await open(path, query, signal, { accept: ACCEPTED.text }), true),
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** The answer's head. A kept connection may have been closed by the other side just now: that is not a failure of the request. */
async function send(
  { request: open }: Pick<typeof https, 'request'>,
  url: URL,
  options: https.RequestOptions,
  body?: string,
): Promise<http.IncomingMessage> {
  const attempt = (): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = open(url, options, resolve);
      request.on('error', (error) => {
        reject(request.reusedSocket ? new ReusedConnectionError(error.message, { cause: error }) : error);
      });
      // A watch may be silent for minutes: let the kernel find out that the other side is gone.
      request.setSocketKeepAlive(true, 30_000);
      request.end(body);
    });
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ReusedConnectionError) || options.signal?.aborted === true) throw error;
    return attempt();
  }
}

class ReusedConnectionError extends Error {}

async function* documentsOf(response: http.IncomingMessage): AsyncGenerator<unknown, void> {
  for await (const line of linesOf(response)) {
    const document: unknown = JSON.parse(line);
    yield document;
  }
}

/** @param unended whether what comes after the end of the last line is one, or half of one */
async function* linesOf(response: http.IncomingMessage, unended = false): AsyncGenerator<string, void> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (unended && rest !== '') yield rest;
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The message of a `v1 Status`. */
function messageOf(body: string): string | undefined {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status !== 'object' || status === null || !('message' in status)) return undefined;
    return typeof status.message === 'string' ? status.message : undefined;
  } catch {
    return undefined;
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
