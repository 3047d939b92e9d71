import { existsSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUN_OPTIONS } from '../../../function/toolkit.ts';
import type { ProgramContext } from '../../program/context.ts';
import { type ProgramEnd, runProgram } from '../../program/run-program.ts';
import { createRedactor } from '../../program/redaction.ts';
import { isRefusal, refuse, type Refusal } from '../../program/refusal.ts';
import type { InstallArguments } from './arguments.ts';
import { countInstalled, type NpmRequest, readNpmRequest } from './npm-request.ts';
import { judgeOutcome } from './judged-outcome.ts';
import { commonArguments, installArguments, npmEnvironment } from './npm-command.ts';
import { WITHOUT_SCRIPTS } from '../../../dependencies/needing-scripts.ts';
import { lateRelease } from '../../../installers/bun.ts';
import { asNodeVersion } from './node-version.ts';
import { explainDenial, isDenial, withoutPrograms } from './no-programs.ts';
import { explainNpm, explainUnpacking } from './npm-failure.ts';
import { findNpm } from './npm-program.ts';
import { brokenUnpacking, isQuiet, loggedLines, missingVersion } from './npm-report.ts';
import { ownPlatform } from './own-platform.ts';
import { readRegistrySettings } from './npmrc.ts';

/** Does the work of `buildless-install` for Node.js. */
export async function install(options: InstallArguments, context: ProgramContext): Promise<Refusal | undefined> {
  const staging = path.join(options.root, 'staging');
  const finished = path.join(options.root, 'function');
  if (!existsSync(staging)) {
    if (!existsSync(finished)) return refuse(`there is nothing at ${staging}: buildless-prepare has not finished`);
    context.log('the packages were installed before');
    return undefined;
  }
  // Of an earlier try that was killed.
  await rm(path.join(staging, 'node_modules'), { recursive: true, force: true });
  const request = await readNpmRequest(staging);
  if (request !== undefined && isRefusal(request)) return request;
  if (request === undefined) {
    context.log('package.json asks for no packages');
  } else {
    const home = await mkdtemp(path.join(tmpdir(), 'buildless-npm-'));
    try {
      const refusal = await runNpm(request, staging, home, options, context);
      if (refusal !== undefined) return refusal;
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }
  await rename(staging, finished);
  return undefined;
}

async function runNpm(
  request: NpmRequest,
  staging: string,
  home: string,
  options: InstallArguments,
  context: ProgramContext,
): Promise<Refusal | undefined> {
  const { environment, log, stop } = context;
  const npm = await findNpm(environment.PATH ?? '');
  if (npm === undefined) {
    return refuse("the runtime's image has no npm; have the administrator choose one that has, such as node:22-slim");
  }
  if (options.registry !== undefined && !existsSync(options.registry)) {
    return refuse(`the Secret in buildless.dev/registry has no key "${path.basename(options.registry)}"; add it`);
  }
  const env = npmEnvironment(environment, home);
  const files = [path.join(staging, '.npmrc'), ...(options.registry === undefined ? [] : [options.registry])];
  const { registry, secrets } = await readRegistrySettings(files, env);
  const redact = createRedactor(secrets);
  const common = commonArguments(options, await chooseCache(options, home, log), home);
  const guard = options.allowScripts ? [] : await withoutPrograms(home);
  const nodeVersion = options.version === undefined ? undefined : lateRelease(options.version);
  const runtime = nodeVersion === undefined ? [] : await asNodeVersion(home, nodeVersion);
  const call = async (args: readonly string[], timeoutSeconds: number, onErrorLine?: (line: string) => void) =>
    await runProgram({
      command: process.execPath,
      args: [...interpreterOptions(), ...runtime, ...guard, npm.script, ...args, ...common],
      directory: staging,
      env,
      timeoutSeconds,
      stop,
      ...(onErrorLine !== undefined && { onErrorLine }),
    });

  log(`installing with npm ${npm.version} (${describe(request)})`);
  const start = performance.now();
  const isLogged = loggedLines();
  const end = await call(installArguments(request, options, npm), options.timeoutSeconds, (line) => {
    if (isLogged(line) && !isDenial(line)) log(redact(line));
  });
  const broken = brokenUnpacking(end.stderr);
  const denied = explainDenial(end.stderr);
  if (denied !== undefined) return refuse(redact(`${denied}; ${WITHOUT_SCRIPTS}`));
  if (end.code === 0 && broken === undefined) {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    log(`installed ${countPackages(await countInstalled(staging))} in ${seconds} s`);
    const refusal = judgeOutcome(staging, {
      installer: `npm ${npm.version}`,
      level: options.level,
      platform: ownPlatform(npm.version, nodeVersion),
      registry,
      scripts: options.allowScripts,
      log: (line) => {
        log(redact(line));
      },
    });
    return refusal && refuse(redact(refusal.refusal));
  }
  if (stop.aborted) return refuse('the Pod was asked to stop');
  if (end.code === 0) return refuse(redact(explainUnpacking(broken ?? '')));
  if (end.timedOut) return refuse(redact(explainTimeout(end, options.timeoutSeconds, registry)));
  const name = missingVersion(end.stdout);
  const view = name === undefined ? undefined : await call(['view', name, 'versions'], VIEW_SECONDS);
  return refuse(
    redact(explainNpm(end, { registry, versions: versionsOf(view?.stdout ?? ''), packages: request.packages })),
  );
}

/** The runtime's image runs this on Node.js, the toolkit's on bun, here in the folder of the source. */
const interpreterOptions = (): readonly string[] => (process.versions.bun === undefined ? [] : BUN_OPTIONS);

const VIEW_SECONDS = 20;
/** Of the JSON that `npm view` prints: a list, or a string if there is only one. */
const versionsOf = (stdout: string): string[] =>
  [...stdout.matchAll(/"(\d[^"]*)"/g)].map(([, version]) => version ?? '');

function describe(request: NpmRequest): string {
  if (request.lock === undefined) return 'no lock file';
  return request.locked === undefined ? `lock file ${request.lock}` : `lock file: ${countPackages(request.locked)}`;
}

const countPackages = (count: number): string => `${count} ${count === 1 ? 'package' : 'packages'}`;

function explainTimeout(end: ProgramEnd, seconds: number, registry: string): string {
  const answers = end.stderr.split('\n').filter(isQuiet).length;
  const state =
    answers === 0 ? `the registry ${registry} gave no answer` : `the registry ${registry} gave ${answers} answers`;
  return `npm did not finish within ${seconds} s: ${state} in that time; see that it is up and fast, or have the administrator raise install.timeoutSeconds of the configuration`;
}

/** A cache that this user cannot write to costs time, not the installation. */
async function chooseCache(options: InstallArguments, home: string, log: (line: string) => void): Promise<string> {
  if (options.cache === undefined) return path.join(home, 'cache');
  const folder = path.join(options.cache, 'npm');
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch {
    log(
      `attention: the cache ${options.cache} cannot be written by user ${String(process.getuid?.())}; going on without it`,
    );
    return path.join(home, 'cache');
  }
}
