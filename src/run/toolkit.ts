import { existsSync } from 'node:fs';
import path from 'node:path';
import { STANDALONE } from '../standalone/build.ts';
import { unpacked } from '../standalone/unpacked.ts';

/**
 * Finds the folder whose `pod/` holds the programs of a Function's Pod, as the toolkit image has it at /opt/buildless:
 * the one that this program was built into, or the clone's dist/ where it runs from source. Node.js and Python cannot read
 * inside of the file without Node.js, so that writes the folder to the cache of the user first.
 */
export async function findToolkit(): Promise<string> {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const found = [folder, path.join(folder, 'dist')].find((each) => existsSync(path.join(each, 'pod/prepare.mjs')));
    if (found !== undefined) return STANDALONE === undefined ? found : await unpacked(found, STANDALONE);
    if (folder === path.dirname(folder)) throw new Error('dist/pod is missing; build it with npm run build');
  }
}
