import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hideCredentials } from '../dependencies/credentials.ts';
import { isObject } from '../kubernetes/object.ts';
import { needingScripts } from '../dependencies/needing-scripts.ts';
import { explainDenial, withoutPrograms } from '../pod/nodejs/install/no-programs.ts';
import { formatPlace } from '../outcome/place.ts';
import { resolverFiles, withoutLocks } from '../dependencies/lock-files.ts';
import { isFailure, type LockFailure, type LockOutcome, type LockRequest } from './lock.ts';
import { findNpmTools, npmRegistries } from './npm-tools.ts';
import { runResolver, unreachableFailure } from './resolver.ts';
import type { ToolContext } from './tool-context.ts';
import { temporaryEnd } from './temporary.ts';
import { messageOf, withFolder } from './tool.ts';
import { PACKAGE_LOCK, SHRINKWRAP } from '../dependencies/npm/file-names.ts';
import { PUBLIC_REGISTRY } from '../dependencies/npm/registries.ts';

const PUBLIC_HOST = new URL(PUBLIC_REGISTRY).host;

/** Settings of a person that would make another lock than `npm ci` in a Pod can use. */
const FIXED = [
  '--package-lock-only',
  '--package-lock=true',
  '--lockfile-version=3',
  '--ignore-scripts',
  '--dry-run=false',
  '--global=false',
  // An .npmrc of the source must not name a program.
  '--git=git',
  '--force=false',
  '--legacy-peer-deps=false',
  '--strict-peer-deps=false',
  '--engine-strict=false',
  '--install-strategy=hoisted',
  '--include=optional',
  '--include=peer',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--no-progress',
];

const ALLOW =
  'use a version from a registry; or, if you trust the package, set buildless.dev/install-scripts: allow (for a folder: --install-scripts)';

/** Writes package-lock.json through npm itself; a lock that is there already is kept as far as it fits. */
export async function lockNpm(request: LockRequest, context: ToolContext): Promise<LockOutcome> {
  const npm = await findNpmTools(context);
  if (isFailure(npm)) return npm;
  const needing = request.builds ? [] : needingScripts(request.files, 'nodejs');
  if (needing.length > 0) {
    const details = needing.map((needed) => `${formatPlace(needed)}: ${needed.problem}`);
    return { problem: 'a dependency would run its own programs to be resolved', fix: ALLOW, details };
  }
  const file = request.files.has(SHRINKWRAP) ? SHRINKWRAP : PACKAGE_LOCK;
  const files = request.fresh === true ? withoutLocks(request.files) : request.files;
  const written = files.has(SHRINKWRAP) ? SHRINKWRAP : PACKAGE_LOCK;
  return await withFolder(request.name, resolverFiles(files, 'nodejs'), context, async (folder) => {
    const guard = request.builds ? [] : await withoutPrograms(path.dirname(folder));
    const resolve = async (omit: boolean): Promise<string | LockFailure> => {
      const args = [
        ...[...guard, npm.script, 'install', ...FIXED, `--omit-lockfile-registry-resolved=${String(omit)}`],
        // Older than every min-release-age, which npm before 11.10 does not know.
        ...(request.age === undefined ? [] : [`--before=${request.age.before}`]),
      ];
      const end = await runResolver(
        {
          tool: 'npm',
          command: npm.node,
          args,
          folder,
          registries: () => npmRegistries(npm, folder, context),
        },
        context,
      );
      if ('unreachable' in end) return unreachableFailure('npm', end.unreachable);
      const denied = explainDenial(end.stderr);
      if (denied !== undefined) return { problem: hideCredentials(denied), fix: ALLOW };
      if (end.code === 0) return await readFile(path.join(folder, written), 'utf8');
      return {
        problem: `npm ${npm.version} could not resolve package.json`,
        fix: 'correct what npm reports',
        details: messageOf(
          end,
          context,
          (line) => line.startsWith('npm error') && !/complete log|debug-0\.log/.test(line),
        ),
        ...temporaryEnd(end),
      };
    };
    const text = await resolve(false);
    if (typeof text !== 'string') return text;
    // The address of a mirror is useless elsewhere, and the policy refuses it. Without one, npm ci asks its own registry.
    const foreign = foreignHosts(text, request.allowed);
    if (foreign.length === 0) return { file, text, notes: [] };
    const without = await resolve(true);
    if (typeof without !== 'string' && isFailure(without)) return without;
    const notes = [`the addresses of ${foreign.join(', ')} are left out: integrity fixes what is installed`];
    return { file, text: without, notes };
  });
}

function foreignHosts(lock: string, allowed: readonly string[]): readonly string[] {
  const parsed: unknown = JSON.parse(lock);
  const packages = isObject(parsed) && isObject(parsed.packages) ? Object.values(parsed.packages) : [];
  const hosts = packages.flatMap((entry) => {
    const resolved = isObject(entry) ? entry.resolved : undefined;
    if (typeof resolved !== 'string' || !/^https?:/.test(resolved)) return [];
    if (allowed.some((address) => resolved.startsWith(address))) return [];
    return [new URL(resolved).host];
  });
  return [...new Set(hosts)].filter((host) => host !== PUBLIC_HOST);
}
