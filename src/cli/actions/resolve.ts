import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PATHS } from '../../function/keys.ts';
import { createLocalResolver } from '../../resolve/local-resolver.ts';
import { createResolverServer } from '../../resolve/server.ts';
import { listen, listenOnSocket, ListenError } from '../../server/listen.ts';
import { createLogger, LOG_LEVELS, type Logger } from '../../server/logging.ts';
import { stopOnSignal } from '../../server/shutdown.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';
import type { ResolveOptions } from '../options/resolve.ts';

/** Of each lane (src/resolve/local-resolver.ts); npm and Git wait for the network most of the time, and more would need more memory. */
const PARALLEL = 2;
const WAITING = 200;
const JOB_SECONDS = 300;
const MEBIBYTE = 1024 * 1024;
/** Two jobs of each of the three lanes and the cache fit into the volume that deploy/ gives the container. */
const MOST_BYTES = 512 * MEBIBYTE;
const MOST_CACHED = 512 * MEBIBYTE;

/** `buildless resolve`: runs until a signal ends it. */
export async function serveResolver(options: ResolveOptions): Promise<ExitStatus> {
  const level = LOG_LEVELS.find((known) => known === options.logLevel) ?? 'info';
  const logger = createLogger({ level });
  const own = options.folder === undefined ? await mkdtemp(path.join(tmpdir(), 'buildless-resolve-')) : undefined;
  const servers: Server[] = [];
  try {
    const resolver = await createLocalResolver({
      folder: path.resolve(own ?? options.folder ?? ''),
      environment: { ...process.env, PATH: [process.env.PATH, path.join(PATHS.toolkit, 'bin')].join(path.delimiter) },
      parallel: PARALLEL,
      waiting: WAITING,
      seconds: JOB_SECONDS,
      mostBytes: MOST_BYTES,
      mostCached: MOST_CACHED,
      failed: (error) => {
        logger.error({ err: error }, 'a job failed');
      },
    });
    const server = createResolverServer({
      resolver,
      ended: ({ failure, ...job }) => {
        if (failure === undefined) logger.info(job, 'resolved');
        else logger.warn({ ...job, ...failure }, 'not resolved');
      },
    });
    servers.push(server);
    await openSocket(server, options.socket);
    if (options.healthPort !== undefined) servers.push(await openHealth(options.healthPort, logger));
    logger.info({ socket: options.socket }, 'resolver ready');
    await stopOnSignal({ stop: () => closeAll(servers) }, logger);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
    printFindings('error', [{ problem: `${error.message}${cause}`, fix: 'use another --socket or --health-port' }]);
    return EXIT.wrongInput;
  } finally {
    await closeAll(servers);
    if (own !== undefined) await rm(own, { recursive: true, force: true });
    logger.flush();
  }
}

async function openSocket(server: Server, socket: string): Promise<void> {
  await mkdir(path.dirname(socket), { recursive: true });
  // Left behind by a process that was killed.
  await rm(socket, { force: true });
  await listenOnSocket(server, socket);
  await chmod(socket, 0o600);
}

/** For the kubelet, which cannot ask a Unix socket. */
async function openHealth(port: number, logger: Logger): Promise<Server> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n');
  });
  logger.info({ port: await listen(server, port) }, 'health');
  return server;
}

/** Ends the jobs as well: each ends with its connection. */
async function closeAll(servers: readonly Server[]): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}
