import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Begins a line of stderr that names the program which npm was kept from starting, as JSON. */
const MARK = 'buildless: npm may not start ';

/**
 * Loaded before npm, keeps it from starting any program. With scripts denied it has a reason to for a Git dependency only: git
 * itself, then an npm that follows the `.npmrc` of the repository. No setting of npm rules both out in all of its versions, and
 * such a dependency may be asked for by a package of a registry, which nobody sees before npm does.
 */
const GUARD = `'use strict';
const programs = require('node:child_process');
const { syncBuiltinESMExports } = require('node:module');
const { writeSync } = require('node:fs');
const deny = (file, args) => {
  const command = [file, ...(Array.isArray(args) ? args : [])].map((word) => String(word).slice(0, 1000));
  writeSync(2, '${MARK}' + JSON.stringify(command.slice(0, 20)) + '\\n');
  throw Object.assign(new Error('install scripts are denied'), { code: 'EPROGRAM', stderr: '' });
};
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) programs[name] = deny;
programs.ChildProcess.prototype.spawn = ({ file, args }) => deny(file, args);
syncBuiltinESMExports();
`;

/**
 * @param folder for the file; it has to be there as long as npm runs
 * @returns arguments of Node.js that go before npm's script
 */
export async function withoutPrograms(folder: string): Promise<readonly string[]> {
  const file = path.join(folder, 'no-programs.cjs');
  await writeFile(file, GUARD);
  return ['--require', file];
}

/** Whether a line is the guard's, which is of no use in a log. */
export const isDenial = (line: string): boolean => line.startsWith(MARK);

/**
 * What npm was kept from starting, as a sentence without a full stop; undefined if it wanted to start nothing.
 *
 * @param stderr of npm
 */
export function explainDenial(stderr: string): string | undefined {
  const line = stderr.split('\n').find(isDenial);
  if (line === undefined) return undefined;
  const repository = addressIn(line.slice(MARK.length));
  const which = repository === undefined ? '' : ` (${repository})`;
  return `a dependency comes from Git${which}, and npm runs programs of a Git dependency to build it, but install scripts are denied`;
}

function addressIn(command: string): string | undefined {
  const words: unknown = JSON.parse(command);
  const texts = Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
  return texts.find((word) => word.includes('://') || /^[\w.-]+@[\w.-]+:/.test(word));
}
