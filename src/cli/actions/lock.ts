import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { languagesOf } from '../../admission/kinds/config-map.ts';
import type { Configuration } from '../../config/configuration.ts';
import { isFailure } from '../../lock/lock.ts';
import { lockSource } from '../../lock/lock-source.ts';
import { encodeAs } from '../../manifests/encoding.ts';
import { STDIN_NAME } from '../../manifests/read.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings } from '../terminal.ts';
import { chosenRuntime, versionFor, type ChosenRuntime } from './chosen-runtime.ts';
import { readConfiguration, readInput } from './input.ts';
import { lockManifests } from './lock-manifests.ts';
import type { Locked, LockedFile } from './locked.ts';
import { openSourceFolder, type SourceFolder } from './source-folder.ts';
import type { LockOptions } from '../options/lock.ts';

/** `buildless lock`. */
export async function lock(options: LockOptions): Promise<ExitStatus> {
  const opened = await Promise.all(
    options.filename.map(async (name) => ({ name, folder: await openSourceFolder(name) })),
  );
  const manifests = opened.filter(({ folder }) => folder === undefined).map(({ name }) => name);
  const configuration = await readConfiguration(options.config);
  const input =
    manifests.length === 0 ? { documents: [] } : await readInput({ ...options, filename: manifests }, undefined);
  if (configuration === undefined || input === undefined) return EXIT.wrongInput;
  const runtime = chosenRuntime(options.runtime, configuration);
  if (isFailure(runtime)) {
    printFindings('error', [runtime]);
    return EXIT.wrongInput;
  }
  const results: Locked[] = [];
  for (const { folder } of opened) {
    if (folder !== undefined) results.push(...(await lockFolder(folder, configuration, runtime, options)));
  }
  results.push(...(await lockManifests(input.documents, configuration, runtime, options)));
  return await conclude(results, options);
}

async function lockFolder(
  { folder, files }: SourceFolder,
  { dependencies }: Configuration,
  runtime: ChosenRuntime,
  { platform, installScripts, refresh: fresh }: LockOptions,
): Promise<readonly Locked[]> {
  const results: Locked[] = [];
  for (const language of languagesOf(files)) {
    const version = versionFor(language, runtime);
    const where = folder === '' ? '.' : folder;
    if (typeof version !== 'string') {
      results.push({ ...version, where, wrongInput: true });
      continue;
    }
    const name = path.basename(path.resolve(folder));
    const locked = await lockSource(
      { name, files, language, version, platforms: platform, builds: installScripts, fresh },
      dependencies,
    );
    if (locked === undefined) continue;
    if (isFailure(locked)) results.push({ ...locked, where });
    else {
      const before = new TextDecoder().decode(files.get(locked.file) ?? new Uint8Array());
      results.push({ file: path.posix.join(folder, locked.file), before, after: locked.text, locks: [locked] });
    }
  }
  return results;
}

async function conclude(results: readonly Locked[], options: LockOptions): Promise<ExitStatus> {
  const failures = results.filter((result) => 'problem' in result);
  const files = results.filter((result) => 'after' in result);
  for (const { file, locks } of files) {
    for (const { notes, remaining } of locks) {
      for (const note of notes) process.stderr.write(`${file}: ${note}\n`);
      printFindings('warning', remaining, file);
    }
  }
  for (const failure of failures) {
    printFindings('error', [{ problem: failure.problem, fix: failure.fix }], failure.where);
    for (const line of failure.details ?? []) process.stderr.write(`       ${line}\n`);
  }
  if (failures.length > 0) {
    return failures.some(({ wrongInput }) => wrongInput === true) ? EXIT.wrongInput : EXIT.refused;
  }
  if (files.length === 0) process.stderr.write('There is nothing to lock: no dependencies were found.\n');
  if (options.write) await writeAll(files);
  else process.stdout.write(await shown(files, options.output));
  return files.some(({ locks }) => locks.some(({ remaining }) => remaining.length > 0)) ? EXIT.refused : EXIT.done;
}

async function writeAll(files: readonly LockedFile[]): Promise<void> {
  for (const { file, before, after } of files) {
    if (file === STDIN_NAME) process.stdout.write(after);
    else if (before === after) process.stderr.write(`${file} is locked already.\n`);
    else {
      // A manifest stays in its encoding; a lock is a new file in UTF-8.
      const original = await readFile(file).catch(() => new Uint8Array());
      await writeFile(file, encodeAs(original, after));
      process.stderr.write(`${file} is locked.\n`);
    }
  }
}

async function shown(files: readonly LockedFile[], output: LockOptions['output']): Promise<string> {
  if (output === 'lock') {
    const locks = files.flatMap(({ file, locks }) => locks.map((lock) => ({ name: `${file} ${lock.file}`, ...lock })));
    const [only, ...others] = locks;
    if (only !== undefined && others.length === 0) return only.text;
    return locks.map(({ name, text }) => `==> ${name} <==\n${text}`).join('\n');
  }
  const { unifiedDiff } = await import('../../manifests/diff.ts');
  const colours = coloursFor(process.stdout);
  return files.map(({ file, before, after }) => unifiedDiff(file, before, after, colours)).join('');
}
