import type { KubeConfig } from '@kubernetes/client-node';
import http from 'node:http';
import https from 'node:https';

/** An answer of the API server other than 200. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface ApiServer {
  /** GET of a JSON document. Rejects with ApiError, with the signal's reason, or with what the network said. */
  readonly get: (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<unknown>;
  /** GET of a stream with one JSON document a line. */
  readonly lines: (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => AsyncIterable<unknown>;
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

  const open = async (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<http.IncomingMessage> => {
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error('the kubeconfig has no current context');
    const url = new URL(cluster.server.replace(/\/+$/, '') + path);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const options: https.RequestOptions = {};
    // Asks exec plugins and token files too, which may hang.
    await orAborted(config.applyToHTTPSOptions(options), signal);
    const plain = url.protocol === 'http:';
    // The agent that client-node makes is new each time; only one that goes through a proxy is needed.
    if (cluster.proxyUrl === undefined) options.agent = plain ? agents['http:'] : agents['https:'];
    options.headers = { ...options.headers, accept: 'application/json' };
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = (plain ? http : https).request(url, { ...options, signal }, resolve);
      request.on('error', reject);
      // A watch may be silent for minutes: let the kernel find out that the other side is gone.
      request.setSocketKeepAlive(true, 30_000);
      request.end();
    }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    if (response.statusCode === 200) return response;
    const body = await textOf(response).catch(() => '');
    throw new ApiError(response.statusCode ?? 0, messageOf(body) ?? `status ${response.statusCode ?? 0}`);
  };

  return {
    get: async (path, query, signal) => {
      const response = await open(path, query, signal);
      const body: unknown = JSON.parse(await textOf(response));
      return body;
    },
    lines: async function* (path, query, signal) {
      const response = await open(path, query, signal);
      response.setEncoding('utf8');
      let rest = '';
      for await (const chunk of response) {
        const parts = (rest + String(chunk)).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          const line: unknown = JSON.parse(part);
          yield line;
        }
      }
    },
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
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
