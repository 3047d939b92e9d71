import { NETWORK_VARIABLES, pickEnvironment } from '../../program/run-program.ts';
import type { InstallArguments } from './arguments.ts';
import type { NpmRequest } from './npm-request.ts';
import type { NpmProgram } from './npm-program.ts';

/**
 * What npm gets of this container's environment: the way to the network and the address of the registry. No other
 * setting, as `npm_config_*` of a laptop (`buildless run`) would make another installation than the cluster's.
 */
const PASSED_ON = [
  'PATH',
  ...NETWORK_VARIABLES,
  'NODE_EXTRA_CA_CERTS',
  'npm_config_registry',
  'NPM_CONFIG_REGISTRY',
  'npm_config_cafile',
  'NPM_CONFIG_CAFILE',
];

/** @param home empty folder: nothing of a user's own configuration counts, and HOME may be unset or not writable */
export function npmEnvironment(environment: NodeJS.ProcessEnv, home: string): Record<string, string> {
  // npm turns Node.js's compile cache on. The cache would be written to this folder, which is removed after the installation.
  return { ...pickEnvironment(environment, PASSED_ON), HOME: home, TMPDIR: home, NODE_DISABLE_COMPILE_CACHE: '1' };
}

/** Arguments that every call of npm gets. */
export function commonArguments(options: InstallArguments, cache: string, home: string): string[] {
  return [
    '--json',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--no-progress',
    '--logs-max=0',
    `--cache=${cache}`,
    `--userconfig=${options.registry ?? `${home}/.npmrc`}`,
    // Retries stay as npm or .npmrc have them, but a Pod that starts does not wait a minute between two.
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=5000',
  ];
}

export function installArguments(request: NpmRequest, options: InstallArguments, npm: NpmProgram): string[] {
  const locked = request.lock !== undefined;
  return [
    locked ? 'ci' : 'install',
    '--omit=dev',
    // Tells which address answered what; the answers that are not errors are left out of the log.
    '--loglevel=http',
    `--ignore-scripts=${String(!options.allowScripts)}`,
    // From version 12 on npm asks for the approval of each package's scripts besides.
    ...(options.allowScripts && Number.parseInt(npm.version, 10) >= 12 ? ['--dangerously-allow-all-scripts'] : []),
    // An .npmrc in the source must not turn the installation into a rehearsal, a page of help, or one into another folder.
    '--dry-run=false',
    '--package-lock-only=false',
    '--usage=false',
    '--global=false',
    '--location=project',
    // Nor into one for another machine, without optional packages, or with files that only their owner can read.
    '--os=',
    '--cpu=',
    '--libc=',
    '--include=optional',
    '--umask=0022',
    // Nor have npm start a program of the source where scripts are denied.
    '--git=git',
    // The record of each package is compared with the lock.
    '--omit-lockfile-registry-resolved=false',
    // The source stays as its author wrote it.
    ...(locked ? [] : ['--package-lock=false']),
    // Only what a lock pins may come from the cache unasked: without one, what is newest has to be asked for.
    ...(locked && options.cache !== undefined ? ['--prefer-offline'] : []),
  ];
}
