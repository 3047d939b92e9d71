import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { certificateOf } from './certificate-of.ts';

export interface Answered {
  readonly status: number;
  /** Of a refusal. */
  readonly message: string;
  readonly object: Readonly<Record<string, unknown>>;
}

export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** The API as it is, with the token of a kubeconfig: every verb, every form of a patch. */
export function rawApi(kubeconfig: string): (sent: Sent) => Promise<Answered> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user === null) throw new Error('the kubeconfig has no current context');
  const ca = certificateOf(cluster);
  return async ({ method, path, body, contentType = 'application/json' }) => {
    const asked = request(new URL(path, cluster.server), {
      method,
      ca,
      headers: { authorization: `Bearer ${user.token ?? ''}`, accept: 'application/json', 'content-type': contentType },
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const answer = await text(response);
    const object = answer.startsWith('{') ? (JSON.parse(answer) as Record<string, unknown>) : {};
    const message = typeof object.message === 'string' ? object.message : answer.slice(0, 500);
    return { status: response.statusCode ?? 0, message: (response.statusCode ?? 0) < 300 ? '' : message, object };
  };
}
