import type { Command } from 'commander';
import { RESOLVER_SOCKET } from '../../installation/names.ts';
import { port } from '../port.ts';
import type { ResolveOptions } from '../options/resolve.ts';
import { logLevelOption } from '../log-level.ts';

/** `buildless resolve`, the resolver of the revisions controller. */
export function addResolve(program: Command): void {
  program
    .command('resolve')
    .summary('resolve locks and Git commits for the revisions controller')
    .description(
      'Listens on a Unix socket and runs npm, uv and Git for "buildless control": locks of sources that have none, the commit of a ' +
        'branch or tag, and the files of a commit. It needs no access to the cluster, runs no code of a package, and gives its ' +
        'tools no environment variables but PATH, proxies and certificate authorities.',
    )
    .option('--socket <path>', 'Unix socket to listen on', RESOLVER_SOCKET)
    .option('--folder <path>', 'folder for jobs and the cache (default: a new one in the folder for temporary files)')
    .option('--health-port <number>', 'port for GET /healthz, 0 for any (default: none)', port)
    .addOption(logLevelOption())
    .action(async (options: ResolveOptions) => {
      const { serveResolver } = await import('../actions/resolve.ts');
      process.exitCode = await serveResolver(options);
    });
}
