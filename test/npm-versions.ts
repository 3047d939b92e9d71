import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { unpackPackage } from './node/machine/npm-programs.ts';

/** Those of the nodejs20 and nodejs22 images, and of nodejs24. */
export const NPM_VERSIONS = ['10.9.4', '11.19.1'] as const;

const KEPT = path.resolve(import.meta.dirname, '../node_modules/.cache/buildless/npm');

/** Fetches a version of npm, once. @returns the folder that has it as `npm`, to go on a PATH */
export function folderOfNpm(version: (typeof NPM_VERSIONS)[number]): string {
  const kept = path.join(KEPT, version);
  const bin = path.join(kept, 'on-path');
  if (existsSync(bin)) return bin;
  const fresh = path.join(KEPT, `.${version}-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  unpackPackage(`npm@${version}`, fresh);
  mkdirSync(path.join(fresh, 'on-path'));
  symlinkSync('../bin/npm-cli.js', path.join(fresh, 'on-path/npm'));
  try {
    renameSync(fresh, kept);
  } catch (error) {
    // Another test fetched it meanwhile.
    rmSync(fresh, { recursive: true });
    if (!existsSync(bin)) throw error;
  }
  return bin;
}
