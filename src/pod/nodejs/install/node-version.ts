import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes npm install for another Node.js than the one that runs it: it leaves out optional packages whose `engines` do not
 * fit `process.version`, and no setting of npm changes that.
 *
 * @param folder for a file, which must exist as long as npm runs
 * @param version for example `22.999.0`
 * @returns arguments of Node.js that go before npm's script
 */
export async function asNodeVersion(folder: string, version: string): Promise<readonly string[]> {
  const file = path.join(folder, 'node-version.cjs');
  await writeFile(file, `Object.defineProperty(process, 'version', { value: ${JSON.stringify(`v${version}`)} });\n`);
  return ['--require', file];
}
