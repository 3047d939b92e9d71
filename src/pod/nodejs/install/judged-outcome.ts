import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Level } from '../../../dependencies/policy.ts';
import { RESOLVED_FROM } from '../../../dependencies/npm/file-names.ts';
import { readJudgeableSource } from '../../../dependencies/npm/source.ts';
import { differencesFromJudged } from '../../../installers/npm-outcome.ts';
import type { Platform } from '../../../installers/wanted-tree.ts';
import { FolderFiles } from '../../files/folder-files.ts';
import { refuse, type Refusal } from '../../program/refusal.ts';
import { readNpmOutcome } from './npm-outcome.ts';

/** How a folder came to be installed. */
export interface Installation {
  /** `npm 11.0.0`, for the message. */
  readonly installer: string;
  readonly level: Level;
  readonly platform: Platform;
  /** Where packages without a scope come from. */
  readonly registry: string;
  readonly scripts: boolean;
  readonly log: (line: string) => void;
}

/** Differences that the message lists; the log has all. */
const LISTED = 5;

/** Compares what is installed in a source's folder with what was judged. A difference ends the start. */
export function judgeOutcome(folder: string, installation: Installation): Refusal | undefined {
  // npm has read it by now; what is too much to be judged is refused before, unless nothing is judged.
  const source = readJudgeableSource(new FolderFiles(folder, filesOfNpm(folder)));
  if (source === undefined) return undefined;
  const { installer, level, platform, registry, scripts, log } = installation;
  const differences = differencesFromJudged(source, readNpmOutcome(folder), {
    platform,
    registry,
    scripts,
    locked: level === 'locked',
  });
  if (differences.length === 0) return undefined;
  const more = differences.length - LISTED;
  if (more > 0) for (const difference of differences) log(`not as judged: ${difference}`);
  const listed = differences.slice(0, LISTED).join('; ') + (more > 0 ? `; and ${more} more, which the log lists` : '');
  const { lock: file } = source;
  const lock = file?.file;
  const cure =
    lock === undefined
      ? 'pin every dependency with a lock ("buildless lock")'
      : `delete ${lock}, write it again ("buildless lock"), and look at what changes before you trust it`;
  return refuse(`${installer} installed something else than was judged: ${listed}; ${cure}`);
}

/** What npm reads to resolve, in the source's own folders. */
function filesOfNpm(root: string): readonly string[] {
  const files: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') folders.push(file);
      } else if (RESOLVED_FROM.includes(entry.name) || entry.name.endsWith('.tgz')) files.push(file);
    }
  }
  return files;
}
