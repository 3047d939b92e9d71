import { createServer as createHttpServer, type IncomingHttpHeaders, request as send } from 'node:http';
import { connect } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Leaf } from '../../../src/certificates/authority.ts';

export interface ForwardProxy {
  /** `http://127.0.0.1:PORT`, with the credentials if it asks for some. */
  readonly address: string;
  /** `CONNECT HOST:PORT` or `GET URL`, as they came. */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

/**
 * An HTTP proxy (RFC 9110, sections 7.2 and 9.3.6) that knows a few hosts.
 *
 * @param ports of 127.0.0.1 by the hosts and ports that clients ask for, e.g. `registry.buildless.test:443`
 * @param credentials `USER:PASSWORD` that it asks for (RFC 9110, section 11.7)
 */
export async function startForwardProxy(
  ports: Readonly<Record<string, number>>,
  credentials?: string,
): Promise<ForwardProxy> {
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const isAdmitted = ({ 'proxy-authorization': given }: IncomingHttpHeaders): boolean =>
    expected === undefined || given === expected;
  const requests: string[] = [];
  const server = createHttpServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const url = new URL(request.url ?? '', 'http://not-a-proxy-request.test');
    const port = ports[`${url.hostname}:${url.port === '' ? 80 : url.port}`];
    if (port === undefined || !isAdmitted(request.headers)) {
      response.writeHead(port === undefined ? 502 : 407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
      return;
    }
    const { method, headers } = request;
    const onward = send({ host: '127.0.0.1', port, path: url.pathname + url.search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connect', ({ url = '', headers }, socket, head) => {
    requests.push(`CONNECT ${url}`);
    socket.on('error', () => {
      socket.destroy();
    });
    if (!isAdmitted(headers)) {
      const challenge = 'Proxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\nConnection: close';
      socket.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}\r\n\r\n`);
      return;
    }
    const port = ports[url];
    if (port === undefined) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    const end = (): void => {
      socket.destroy();
      onward.destroy();
    };
    onward.on('error', end).on('close', end);
    socket.on('error', end).on('close', end);
  });
  const port = await listen(server);
  return {
    address: `http://${credentials === undefined ? '' : userInfo(credentials)}127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** In an address: RFC 3986, section 3.2.1. */
function userInfo(credentials: string): string {
  const colon = credentials.indexOf(':');
  return `${encodeURIComponent(credentials.slice(0, colon))}:${encodeURIComponent(credentials.slice(colon + 1))}@`;
}

/** TLS in front of a server that has none. */
export async function startTls(
  behind: number,
  { key, cert }: Leaf,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createTlsServer({ key, cert }, (socket) => {
    const onward = connect(behind, '127.0.0.1');
    const end = (): void => {
      socket.destroy();
      onward.destroy();
    };
    socket.on('error', end).on('close', end);
    onward.on('error', end).on('close', end);
    socket.pipe(onward).pipe(socket);
  });
  return {
    port: await listen(server),
    close: () => {
      server.close();
    },
  };
}

async function listen(server: ReturnType<typeof createHttpServer | typeof createTlsServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening on a port');
  return bound.port;
}
