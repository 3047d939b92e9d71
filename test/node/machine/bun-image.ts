import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fetchFastInstallers } from '../../../scripts/fast-installers.mjs';
import { cacheFolder } from '../../../scripts/image/build.mjs';
import { DEFAULT_CONFIGURATION } from '../../../src/config/defaults.ts';
import { KEPT } from '../../pod/pod-programs.ts';
import { debianRoot } from './debian.ts';
import { cachedImage, environment } from './images.ts';

/** Of the runtime bun1. */
export const BUN_IMAGE = DEFAULT_CONFIGURATION.runtimes.bun1?.image ?? '';

/**
 * The image of bun1 for `ctr images import`: bun in a Debian. Nothing is called `node`; in the official image that is
 * bun: images of others need not have it.
 *
 * @returns why it cannot be had
 */
export async function bunImage(
  say: (line: string) => void,
): Promise<{ readonly archive: string } | { readonly reason: string }> {
  try {
    const bun = path.join(await fetchFastInstallers(KEPT), 'bun');
    const cache = cacheFolder();
    mkdirSync(cache, { recursive: true });
    const archive = await cachedImage(cache, say, 'bun', [BUN_IMAGE], BUN_IMAGE, { Env: environment() }, (folder) => {
      debianRoot(folder, []);
      copyFileSync(bun, path.join(folder, 'usr/bin/bun'));
      chmodSync(path.join(folder, 'usr/bin/bun'), 0o755);
      symlinkSync('bun', path.join(folder, 'usr/bin/bunx'));
    });
    return { archive };
  } catch (error) {
    return { reason: `the image of bun1 cannot be made: ${String(error)}` };
  }
}
