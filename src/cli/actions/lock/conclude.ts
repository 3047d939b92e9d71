import { readFile, writeFile } from 'node:fs/promises';
import { encodeAs } from '../../../manifests/encoding.ts';
import { STDIN_NAME } from '../../../manifests/read.ts';
import type { LockOptions } from '../../options/lock.ts';
import { EXIT, type ExitStatus } from '../../exit.ts';
import { coloursFor, printFindings, printNote } from '../../terminal.ts';
import type { Locked, LockedFile } from './outcome.ts';

/** Prints what became of the input, and writes or shows the locks if all of it could be locked. */
export async function conclude(results: readonly Locked[], options: LockOptions): Promise<ExitStatus> {
  const failures = results.filter((result) => 'problem' in result);
  const files = results.filter((result) => 'after' in result);
  reportLocks(files);
  for (const failure of failures) {
    printFindings('error', [{ problem: failure.problem, fix: failure.fix }], failure.where);
    for (const line of failure.details ?? []) process.stderr.write(`       ${line}\n`);
  }
  if (failures.length > 0) {
    return failures.some(({ wrongInput }) => wrongInput === true) ? EXIT.wrongInput : EXIT.refused;
  }
  if (files.length === 0) printNote('There is nothing to lock: no dependencies were found.');
  if (options.write) await writeFiles(files, 'locked');
  else process.stdout.write(options.output === 'lock' ? locksAlone(files) : await showFiles(files));
  return files.some(({ locks }) => locks.some(({ remaining }) => remaining.length > 0)) ? EXIT.refused : EXIT.done;
}

/** Prints what there is to say about locks. */
export function reportLocks(files: readonly LockedFile[]): void {
  for (const { file, locks } of files) {
    for (const { notes, remaining } of locks) {
      for (const note of notes) printNote(`${file}: ${note}`);
      printFindings('warning', remaining, file);
    }
  }
}

/** @param what became of a file, for the note about it */
export async function writeFiles(files: readonly LockedFile[], what: 'locked' | 'updated'): Promise<void> {
  for (const { file, before, after, became = `is ${what}` } of files) {
    if (file === STDIN_NAME) process.stdout.write(after);
    else if (before === after) printNote(`${file} is ${what} already.`);
    else {
      // A manifest stays in its encoding; a lock is a new file in UTF-8.
      const original = await readFile(file).catch(() => new Uint8Array());
      await writeFile(file, encodeAs(original, after));
      printNote(`${file} ${became}.`);
    }
  }
}

/** As a diff. */
export async function showFiles(files: readonly LockedFile[]): Promise<string> {
  const { unifiedDiff } = await import('../../../manifests/diff.ts');
  const colours = coloursFor(process.stdout);
  return files.map(({ file, before, after }) => unifiedDiff(file, before, after, colours)).join('');
}

function locksAlone(files: readonly LockedFile[]): string {
  const locks = files.flatMap(({ file, locks }) => locks.map((lock) => ({ name: `${file} ${lock.file}`, ...lock })));
  const [only, ...others] = locks;
  if (only !== undefined && others.length === 0) return only.text;
  return locks.map(({ name, text }) => `==> ${name} <==\n${text}`).join('\n');
}
