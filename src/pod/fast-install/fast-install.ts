import { existsSync, rmSync } from 'node:fs';
import { access, constants, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFiles } from '../../function/files.ts';
import { runProgram } from '../program/run-program.ts';
import { refuse } from '../program/refusal.ts';
import type { FastInstallOptions, FastInstallOutcome, ToolkitContext, Tool, ToolkitInstaller } from './tool.ts';

/** Installs into `staging`, or says why another installer is to do it. */
export async function fastInstall(
  choose: ToolkitInstaller,
  files: SourceFiles,
  options: FastInstallOptions,
  context: ToolkitContext,
): Promise<FastInstallOutcome> {
  const { installer, packages, registry, staging } = options;
  const install = choose(files, options);
  if ('declined' in install) return install;
  const command = path.join(context.tools, installer);
  if (!existsSync(command)) return { declined: `${installer} is missing in ${context.tools}` };
  if (registry !== undefined && !existsSync(registry)) {
    return refuse(`the Secret in buildless.dev/registry has no key "${path.basename(registry)}"; add it`);
  }
  // What a source brings that is not the whole.
  await rm(path.join(staging, packages), { recursive: true, force: true });
  await mkdir(options.scratch, { recursive: true });
  try {
    const shared = await sharedCache(options, context.log);
    const start = performance.now();
    const tool: Tool = {
      options,
      context,
      cacheFolder: shared ?? path.join(options.scratch, 'cache'),
      cached: shared !== undefined,
      run: async (args, env, redact, isTrial = false, place = {}) =>
        await runProgram({
          command,
          args,
          directory: place.directory ?? staging,
          env,
          timeoutSeconds: place.timeoutSeconds ?? options.timeoutSeconds,
          stop: context.stop,
          onErrorLine: (line) => {
            if (line.trim() !== '' && !isTrial) context.log(redact(line));
          },
        }),
    };
    const outcome = await install(tool);
    if (outcome === 'installed') {
      context.log(`${installer} installed the packages in ${((performance.now() - start) / 1000).toFixed(2)} s`);
    }
    return context.stop.aborted ? refuse('the Pod was asked to stop') : outcome;
  } finally {
    // Not by promises, which take several times as long for the thousands of files of a cache.
    rmSync(options.scratch, { recursive: true, force: true });
  }
}

/** A cache that this user cannot write to costs time, not the installation. */
async function sharedCache(
  { cache, installer }: FastInstallOptions,
  log: (line: string) => void,
): Promise<string | undefined> {
  if (cache === undefined) return undefined;
  const folder = path.join(cache, installer);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch {
    log(`attention: the cache ${cache} cannot be written by user ${String(process.getuid?.())}; going on without it`);
    return undefined;
  }
}
