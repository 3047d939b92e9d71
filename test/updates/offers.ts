import { expect } from 'vitest';
import type { Finished } from '../cli/command.ts';

interface Outdated {
  readonly dependencies: readonly { package: string; current: string; wanted?: Version; newest?: Version }[];
}
interface Version {
  readonly version: string;
}

/** What `outdated` offers for each pin of a folder: `NAME CURRENT WANTED NEWEST`. */
export async function offersIn(
  folder: string,
  run: (args: readonly string[]) => Promise<Finished>,
  args: readonly string[],
): Promise<readonly string[]> {
  const { stdout, status, stderr } = await run(['outdated', '-f', folder, '-q', '-o', 'json', ...args]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const found = JSON.parse(stdout) as Outdated;
  return found.dependencies.map(
    ({ package: name, current, wanted, newest }) =>
      `${name} ${current} ${wanted?.version ?? '-'} ${newest?.version ?? '-'}`,
  );
}
