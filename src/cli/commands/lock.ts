import { Option, type Command } from 'commander';
import { configurationOption, deniedOption, takesFiles, withFiles } from './files.ts';
import { PLATFORMS } from '../../lock/lock.ts';
import type { FileOptions } from '../options/files.ts';
import type { LockOptions, RefreshOptions } from '../options/lock.ts';

type GivenOptions = Omit<LockOptions, 'namespace' | 'filename'> & Omit<RefreshOptions, 'names'> & Partial<FileOptions>;

/** `buildless lock`; what it does is loaded when it is asked for. */
export function addLock(program: Command): void {
  takesFiles(program.command('lock'), 'manifest, folder of manifests, or folder of a source')
    .summary('pin every dependency, with hashes')
    .description(
      'Resolves the dependencies of Functions through npm, and through uv or pip, and shows the lock that fixes them: ' +
        'package-lock.json beside package.json, pylock.toml beside requirements.txt. With --write it is written into the ' +
        'folder, or into the ConfigMap of the manifest, whose comments and order stay. Versions that a lock has are kept as ' +
        'far as they fit; --refresh takes the newest. No install script of a package is run. What ' +
        'the configuration refuses (minimum release age, licences, denied versions) is not written.',
    )
    .option('-w, --write', 'write the lock', false)
    .addOption(
      new Option('-o, --output <form>', 'without --write: a diff, or the lock itself')
        .choices(['diff', 'lock'])
        .default('diff'),
    )
    .addOption(
      new Option(
        '--platform <platform...>',
        'Python: platforms of the nodes, with glibc (default: all with uv, this one with pip)',
      ).choices([...PLATFORMS]),
    )
    .option('--runtime <name>', 'runtime of a source that no Function of the input names, e.g. python312')
    .option(
      '--install-scripts',
      'also lock what has to be built, which runs its code: Git dependencies of npm, Python packages without wheels (a manifest says it itself)',
      false,
    )
    .option(
      '--refresh',
      'resolve again, without regard to the old lock. With NAME instead of files: the controller resolves the lock of that Function in the cluster again, as a new revision that rolls out',
      false,
    )
    .option(
      '-n, --namespace <name>',
      'namespace of objects that name none, or of NAME (default: "default", or the context\'s)',
    )
    .option('--kubeconfig <file>', 'with NAME: the cluster (default: as kubectl finds it)')
    .option('--context <name>', 'with NAME: of the kubeconfig (default: the current one)')
    .addOption(configurationOption())
    .addOption(deniedOption())
    .addHelpText(
      'after',
      `
Examples:
  buildless lock -f deploy/shop.yaml --write
  buildless lock -f functions/shop --runtime python312 --output lock
  buildless lock -f functions/shop --refresh --write
  buildless lock -f functions/shop --write --config config.yaml --denied malicious-packages/osv
  kubectl buildless lock --refresh hello -n shop

Exit status: 0 done; 1 a dependency cannot be locked, the cluster would refuse the lock, or no registry can be reached; 2 wrong
input.`,
    )
    .action(async (paths: string[], options: GivenOptions, command: Command) => {
      if (options.refresh && options.filename === undefined) {
        if (paths.length === 0) command.error('error: --refresh needs the name of a Function, or files with -f');
        const { refreshLocks } = await import('../actions/refresh-locks.ts');
        process.exitCode = await refreshLocks({ ...options, names: paths });
        return;
      }
      const { lock } = await import('../actions/lock/lock.ts');
      process.exitCode = await lock(
        withFiles(paths, { ...options, namespace: options.namespace ?? 'default' }, command),
      );
    });
}
