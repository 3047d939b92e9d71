import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expectedPackages } from '../../dependencies/python/expected.ts';
import type { SourceFiles } from '../../function/files.ts';

/** buildless_install/expected.py has the same name. */
const EXPECTED = 'expected-packages.json';

/**
 * Tells the installer in Python what its installation must come to. (npm's reads the source itself, by the same code as the
 * policy.)
 */
export async function writeExpected(root: string, files: SourceFiles): Promise<void> {
  await writeFile(path.join(root, EXPECTED), JSON.stringify(expectedPackages(files) ?? null));
}
