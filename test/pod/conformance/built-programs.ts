import { chmod, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ShippedLanguage } from '../../../src/function/languages.ts';

const built = path.resolve(import.meta.dirname, '../../../dist/pod');

/**
 * A copy of what ships for a language, laid out as `dist/pod`, where a user can read it who may not enter the folder that
 * this repository is in.
 */
export async function copyBuiltPrograms(
  language: ShippedLanguage,
): Promise<{ readonly programs: string; remove(): Promise<void> }> {
  const programs = await mkdtemp(path.join(tmpdir(), 'buildless-programs-'));
  await cp(path.join(built, language), path.join(programs, language), { recursive: true });
  await chmod(programs, 0o755);
  for (const entry of await readdir(programs, { recursive: true, withFileTypes: true })) {
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o444);
  }
  return { programs, remove: () => rm(programs, { recursive: true, force: true }) };
}
