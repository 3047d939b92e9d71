import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startProcess } from '../measure/measured-process.ts';
import { until, type Certificate, type Served } from './served.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Buildless extends Served {
  readonly plainPort: number;
  /** Milliseconds from the last byte of a review to its answer, as the log has them for each injection. */
  readonly handlerTimes: () => readonly number[];
}

/**
 * `buildless serve` as it ships, logging to a file each review that it injects, as in production.
 *
 * @param sources arguments that say where ConfigMaps and Namespaces come from
 */
export async function startBuildless(
  { certFile, keyFile }: Pick<Certificate, 'certFile' | 'keyFile'>,
  folder: string,
  { sources, core }: { readonly sources: readonly string[]; readonly core?: number },
): Promise<Buildless> {
  const log = path.join(folder, 'buildless.log');
  const ports = ['--address', '127.0.0.1', '--port', '0', '--health-port', '0'];
  const program = [...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []), path.join(ROOT, 'dist/buildless.mjs')];
  const server = startProcess({
    args: [...program, 'serve', '--tls-cert', certFile, '--tls-key', keyFile, '--drain', '0', ...ports, ...sources],
    stdio: ['ignore', openSync(log, 'w'), 'inherit'],
    cwd: folder,
    ...(core !== undefined && { core }),
  });
  const lines = (): readonly object[] => readFileSync(log, 'utf8').split('\n').slice(0, -1).map(parse);
  const { tlsPort, plainPort } = await until('the start of buildless serve', () => lines().find(isListening));
  return {
    name: 'Buildless',
    process: server,
    port: tlsPort,
    plainPort,
    path: '/mutate?timeout=5s',
    stop: () => server.stop(),
    handlerTimes: () => lines().flatMap((line) => ('ms' in line && typeof line.ms === 'number' ? [line.ms] : [])),
  };
}

function parse(line: string): object {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? value : {};
}

const isListening = (line: object): line is { readonly tlsPort: number; readonly plainPort: number } =>
  'tlsPort' in line && typeof line.tlsPort === 'number' && 'plainPort' in line && typeof line.plainPort === 'number';
