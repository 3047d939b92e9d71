import { existsSync } from 'node:fs';
import path from 'node:path';
import { judgeDependencies } from '../../dependencies/judge.ts';
import { needingScripts, WITHOUT_SCRIPTS } from '../../dependencies/needing-scripts.ts';
import { hasDependencies } from '../../dependencies/present.ts';
import { refuses } from '../../dependencies/policy.ts';
import { dayOf } from '../../exceptions/exception.ts';
import { liftInPod } from '../../exceptions/of-pod.ts';
import type { SourceFiles } from '../../function/files.ts';
import { chooseHandler, handlerFiles, viewOf } from '../../function/handler-files.ts';
import { HANDLER_OF_SOURCE } from '../../function/keys.ts';
import { LANGUAGES, type Language } from '../../function/languages.ts';
import { type Finding, formatFinding } from '../../outcome/finding.ts';
import { runtimeInstaller } from '../../function/installers.ts';
import { fastInstall } from '../fast-install/fast-install.ts';
import type { ToolkitContext } from '../fast-install/tool.ts';
import type { FastInstallation, PrepareArguments } from './arguments.ts';
import { fetchSource } from './fetch-source.ts';
import { FolderFiles } from '../files/folder-files.ts';
import { PREPARATIONS } from './languages.ts';
import { isRefusal, refuse, type Refusal } from '../program/refusal.ts';
import { takeLock } from './revision-lock.ts';
import { copyPrograms } from '../files/tree.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export interface PrepareContext extends ToolkitContext {
  /** Folder with one folder of programs for each language. */
  readonly programs: string;
  /** Brings the programs of a language, for the handlers of an API, to a folder that does not exist yet. */
  readonly bring?: typeof copyPrograms;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Bytes of a termination message, less its first and last line (termination.ts). */
const ROOM_FOR_FINDINGS = 3900;

/** Files that a message lists at most. */
const LISTED = 20;

/** Does the work of `buildless-prepare`: source, checks, programs. */
export async function prepare(options: PrepareArguments, context: PrepareContext): Promise<Refusal | undefined> {
  const workspace = await openWorkspace(options.root);
  // While the source is read and judged and an installer works: all of it is time that a start waits for.
  const [refusal] = await Promise.all([
    prepareSource(options, workspace, context),
    (context.bring ?? copyPrograms)(path.join(context.programs, options.language), workspace.programs, options.api),
  ]);
  if (refusal !== undefined) return refusal;
  await workspace.publishPrograms();
  const { title } = LANGUAGES.of(options.language);
  const isLeft = existsSync(workspace.staging);
  context.log(isLeft ? `ready for the installation of the ${title} packages` : `ready to run with ${title}`);
  return undefined;
}

/** Leaves the source where it is run from, with its packages, or where buildless-install finds it. */
async function prepareSource(
  options: PrepareArguments,
  workspace: Workspace,
  context: PrepareContext,
): Promise<Refusal | undefined> {
  const { log } = context;
  if (options.revision !== undefined) log(`revision ${options.revision}`);
  const fetched = await fetchSource(options, workspace, context);
  if (isRefusal(fetched)) return fetched;
  const files = await takeLock(options, fetched, workspace.source, log);
  if (isRefusal(files)) return files;
  const refusal = judge(options, files, context) ?? checkHandler(options.handler, options.language, files);
  if (refusal !== undefined) return refusal;
  if (context.stop.aborted) return refuse('the Pod was asked to stop');
  const row = PREPARATIONS.of(options.language);
  if (row.bringsPackages(files, workspace.source)) {
    await workspace.publish('function');
    log(`the source brings the packages of its lock file in ${LANGUAGES.of(options.language).packages}`);
    return undefined;
  }
  const denied = options.allowScripts ? undefined : refuseScripts(files, options.language, log);
  if (denied !== undefined) return denied;
  const { fast } = options;
  if (options.install) await row.writeExpected?.(options.root, files);
  if (fast === undefined) {
    await workspace.publish(options.install ? 'staging' : 'function');
    if (options.reason !== undefined) log(`left to ${options.reason}`);
    return undefined;
  }
  await workspace.publish('staging');
  const staged = files instanceof FolderFiles ? files.movedTo(workspace.staging) : files;
  return await installFast(staged, workspace, { ...options, fast }, context);
}

/** Installs here, so that no second container has to; leaves it to one where another installer must do it. */
async function installFast(
  files: SourceFiles,
  workspace: Workspace,
  { root, language, level, install, fast }: PrepareArguments & { readonly fast: FastInstallation },
  context: PrepareContext,
): Promise<Refusal | undefined> {
  const { log } = context;
  const { staging, scratch } = workspace;
  const { installers, takeOver } = PREPARATIONS.of(language);
  const { packages } = LANGUAGES.of(language);
  const choose = installers[fast.installer];
  if (choose === undefined) throw new Error(`src/pod/prepare has no ${fast.installer} for ${language}`);
  const outcome = hasDependencies(files, language)
    ? await fastInstall(choose, files, { ...fast, packages, level, staging, scratch }, context)
    : 'installed';
  if (outcome === 'installed') {
    await workspace.finish();
    return undefined;
  }
  if (isRefusal(outcome)) return outcome;
  const otherwise = fast.otherwise === undefined ? '' : `, or set buildless.dev/installer: ${fast.otherwise}`;
  if (fast.asked) return refuse(`${outcome.declined}; correct it${otherwise}`);
  log(`${fast.installer} does not install this: ${outcome.declined}`);
  if (install) {
    log(`leaving the installation to ${runtimeInstaller(language)?.name ?? 'the program'} in buildless-install`);
    return undefined;
  }
  // Another would have to be the runtime's.
  if (takeOver === undefined) return refuse(`${outcome.declined}; correct it${otherwise}`);
  return await takeOver({ ...fast, level, root }, context);
}

/** Admission judged what it could see; a Git or image source is seen here for the first time. */
function judge(
  { language, level, settings, exceptions }: PrepareArguments,
  files: SourceFiles,
  { log, now = Date.now }: PrepareContext,
): Refusal | undefined {
  if (level === 'off') return undefined;
  const refused = judgeDependencies(files, language, settings).filter((finding) => refuses(level, finding));
  const { kept: findings, excepted } = liftInPod(exceptions, refused, language, dayOf(now()));
  for (const { package: name, exception } of excepted) {
    log(`"${name}" may float until ${exception.until}, by an exception of the configuration`);
  }
  if (findings.length === 0) return undefined;
  return refuseAll(`the dependency policy "${level}" refuses this source:`, findings, log);
}

/** No program of a dependency runs unless the Function's author allows it. */
function refuseScripts(files: SourceFiles, language: Language, log: PrepareContext['log']): Refusal | undefined {
  if (!hasDependencies(files, language)) return undefined;
  const findings = needingScripts(files, language).map((needed) => ({
    code: 'scripts-denied' as const,
    fix: WITHOUT_SCRIPTS,
    ...needed,
  }));
  return findings.length === 0 ? undefined : refuseAll('dependencies need install scripts:', findings, log);
}

function refuseAll(title: string, findings: readonly Finding[], log: PrepareContext['log']): Refusal {
  const lines = findings.map((finding) => `- ${formatFinding(finding)}`);
  const shown = lines.slice(0, fitting(lines));
  if (shown.length === lines.length) return refuse([title, ...lines].join('\n'));
  for (const line of lines) log(line);
  return refuse([title, ...shown, `- and ${lines.length - shown.length} more, which the log lists`].join('\n'));
}

/** How many lines a termination message holds whole, at least one. */
function fitting(lines: readonly string[]): number {
  let room = ROOM_FOR_FINDINGS;
  const tooMany = lines.findIndex((line) => (room -= Buffer.byteLength(line) + 1) < 0);
  return tooMany === -1 ? lines.length : Math.max(1, tooMany);
}

function checkHandler(
  wanted: PrepareArguments['handler'],
  language: Language,
  files: SourceFiles,
): Refusal | undefined {
  if (wanted === undefined) return undefined;
  const handler = wanted === HANDLER_OF_SOURCE ? chooseHandler(language, viewOf(files)) : wanted;
  const candidates = handlerFiles(handler, language);
  if (candidates.some((candidate) => files.has(candidate))) return undefined;
  const own = [...files.keys()].filter((file) => !file.split('/').includes('node_modules'));
  const more = own.length > LISTED ? `, and ${own.length - LISTED} more` : '';
  return refuse(
    `the handler's file is not in the source: looked for ${candidates.join(', ')}; correct buildless.dev/handler, or add the file. The source has ${own.slice(0, LISTED).join(', ')}${more}`,
  );
}
