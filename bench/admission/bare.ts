import { once } from 'node:events';
import path from 'node:path';
import { startProcess } from '../measure/measured-process.ts';
import type { Certificate, Served } from './served.ts';

/** The server that all others are compared with. */
export async function startBare({ certFile, keyFile }: Certificate, core?: number): Promise<Served> {
  const server = startProcess({
    args: [path.join(import.meta.dirname, 'bare.mjs'), certFile, keyFile],
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(core !== undefined && { core }),
  });
  const { stdout } = server.child;
  if (stdout === null) throw new Error('no standard output');
  const [line] = (await once(stdout, 'data')) as [Buffer];
  return {
    name: 'bare node:https',
    process: server,
    port: Number(line.toString()),
    path: '/',
    stop: () => server.stop(),
  };
}
