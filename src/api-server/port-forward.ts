import type { KubeConfig } from '@kubernetes/client-node';
import { Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

/**
 * Opens a connection to a port of a Pod through the API server, as `kubectl port-forward` does. Needs `create` on
 * pods/portforward, and a kubelet that the API server reaches.
 *
 * @returns a stream of what the Pod's port sends and takes; it fails where the kubelet refuses
 */
export async function forwardPort(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
): Promise<NodeJS.ReadWriteStream> {
  const { PortForward } = await import('@kubernetes/client-node');
  const [received, sent, refused] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const stream = Duplex.from({ readable: received, writable: sent });
  const socket: unknown = await new PortForward(config).portForward(namespace, pod, [port], received, refused, sent);
  void text(refused).then((reason) => {
    if (reason !== '') stream.destroy(new Error(reason.trim()));
  });
  stream.once('close', () => {
    close(socket);
    refused.end();
  });
  return stream;
}

/** A WebSocket, or a function that gives it, by the types of client-node; none of both is declared in a way to call. */
function close(socket: unknown): void {
  const end: unknown = typeof socket === 'object' && socket !== null && 'close' in socket ? socket.close : undefined;
  if (typeof end === 'function') Reflect.apply(end, socket, []);
}
