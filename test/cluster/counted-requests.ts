/** An API server behind a proxy that knows every request: what one namespace costs, whatever other tests do meanwhile. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { cluster } from './given.ts';
import { certificateOf } from './certificate-of.ts';
import { writeKubeconfig } from './kubernetes/kubeconfig.ts';

export interface CountedRequest {
  readonly method: string;
  readonly path: string;
}

export interface CountedRequests {
  readonly kubeconfig: string;
  /** In their order, without lists and watches of the whole cluster. */
  readonly of: (namespace: string) => readonly CountedRequest[];
  readonly close: () => void;
}

export async function countRequests(folder: string): Promise<CountedRequests> {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const token = config.getCurrentUser()?.token;
  const target = config.getCurrentCluster();
  if (target === null || token === undefined) throw new Error('the kubeconfig has no token');
  const ca = certificateOf(target);
  const requests: CountedRequest[] = [];
  const passOn = (asked: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url = '', headers } = asked;
    requests.push({ method, path: url.split('?', 1)[0] ?? '' });
    const upstream = request(new URL(url, target.server), { method, headers, ca }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    const end = (): void => void response.destroy();
    upstream.on('error', end);
    response.on('close', () => upstream.destroy());
    asked.pipe(upstream);
  };
  const server = createServer(passOn);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: writeKubeconfig(path.join(folder, 'counted'), { server: `http://127.0.0.1:${port}`, ca, token }),
    of: (namespace) => requests.filter((each) => each.path.includes(`/namespaces/${namespace}/`)),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
