import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFiles } from '../function/files.ts';
import { runProgram, type ProgramEnd } from '../pod/program/run-program.ts';
import { createRedactor } from '../pod/program/redaction.ts';
import type { ToolContext } from './tool-context.ts';

/** Runs npm, uv or pip to its end. */
export async function runTool(
  command: string,
  args: readonly string[],
  directory: string,
  { environment, timeoutSeconds, stop, mostOutput }: ToolContext,
  stopEarlier?: AbortSignal,
): Promise<ProgramEnd> {
  return await runProgram({
    command,
    args,
    directory,
    env: environment,
    timeoutSeconds,
    ...(mostOutput !== undefined && { mostOutput }),
    stop: stopEarlier === undefined ? stop : AbortSignal.any([stop, stopEarlier]),
  });
}

/** What a tool says of its failure, without what must not be read. */
export function messageOf(
  { stderr, timedOut }: ProgramEnd,
  { timeoutSeconds, secrets }: ToolContext,
  keep: (line: string) => boolean,
): readonly string[] {
  if (timedOut) return [`no answer in ${timeoutSeconds} s`];
  const redact = createRedactor(secrets);
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const kept = lines.filter(keep);
  return (kept.length > 0 ? kept : lines).map((line) => redact(line.trimEnd()));
}

/**
 * Works in a folder with a source's files in it, which is gone afterwards.
 *
 * @param name of the folder itself: npm writes it into a lock
 */
export async function withFolder<Result>(
  name: string,
  files: SourceFiles,
  { scratch }: Pick<ToolContext, 'scratch'>,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const top = await mkdtemp(path.join(scratch, 'buildless-lock-'));
  const folder = path.join(top, name);
  try {
    await mkdir(folder);
    for (const [file, content] of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    }
    return await work(folder);
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}
