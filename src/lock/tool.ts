import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SourceFiles } from '../function/files.ts';
import { runProgram, type ProgramEnd } from '../pod/prepare/program.ts';
import { createRedactor } from '../pod/prepare/redaction.ts';

const TIMEOUT_SECONDS = 300;

/** Environment of this process without what is undefined: a person's own registries and credentials count here. */
const ownEnvironment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** Runs npm, uv or pip to its end, with the settings of the person who calls. */
export function runTool(
  command: string,
  args: readonly string[],
  directory: string,
  stop?: AbortSignal,
): Promise<ProgramEnd> {
  return runProgram({
    command,
    args,
    directory,
    env: ownEnvironment(),
    timeoutSeconds: TIMEOUT_SECONDS,
    stop: stop ?? new AbortController().signal,
  });
}

/** What a tool says of its failure, without what must not be read. */
export function messageOf({ stderr, timedOut }: ProgramEnd, keep: (line: string) => boolean): readonly string[] {
  if (timedOut) return [`no answer in ${TIMEOUT_SECONDS} s`];
  const secrets = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && /TOKEN|PASSWORD|SECRET|AUTH/i.test(name) ? [value] : [],
  );
  const redact = createRedactor(secrets);
  return stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && keep(line))
    .map((line) => redact(line.trimEnd()));
}

/**
 * Works in a folder with a source's files in it, which is gone afterwards.
 *
 * @param name of the folder itself: npm writes it into a lock
 */
export async function withFolder<Result>(
  name: string,
  files: SourceFiles,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'buildless-lock-'));
  const folder = path.join(scratch, name);
  try {
    await mkdir(folder);
    for (const [file, content] of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    }
    return await work(folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
