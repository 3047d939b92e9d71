import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { cacheFolder, engineWithBases } from '../../../scripts/image/build.mjs';
import { OLDER_COMMIT, withOlderSource } from '../../cluster/older-version.ts';

/** What a user of version 0.1.0 has. */
export interface OlderImage {
  /** For `ctr images import`. */
  readonly archive: string;
  /** deploy/install.yaml of that version. */
  readonly manifests: string;
}

const REFERENCE = 'ghcr.io/buildless-dev/buildless:0.1.0';

/**
 * The image of version 0.1.0, made by the Dockerfile of its commit, once for each machine: it takes three minutes.
 *
 * @returns why it cannot be had
 */
export async function olderImage(say: (line: string) => void): Promise<OlderImage | { readonly reason: string }> {
  const cache = cacheFolder();
  const kept = path.join(cache, `older-${OLDER_COMMIT.slice(0, 12)}`);
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    for (const left of readdirSync(cache).filter((name) => name.startsWith('older-')))
      rmSync(path.join(cache, left), { recursive: true });
    const reason = await withOlderSource((source) => build(source, kept, say));
    if (reason !== undefined) return { reason };
  }
  return { archive: path.join(kept, 'image.tar'), manifests: path.join(kept, 'install.yaml') };
}

async function build(source: string, kept: string, say: (line: string) => void): Promise<void> {
  const started = performance.now();
  const file = path.join(source, 'deploy/Dockerfile');
  const engine = await engineWithBases(readFileSync(file, 'utf8'), say);
  engine.build({ file, reference: REFERENCE, context: source, local: true, layers: false });
  const fresh = mkdtempSync(`${kept}-`);
  engine.save(REFERENCE, path.join(fresh, 'image.tar'));
  engine.remove(REFERENCE);
  copyFileSync(path.join(source, 'deploy/install.yaml'), path.join(fresh, 'install.yaml'));
  renameSync(fresh, kept);
  say(`built ${REFERENCE} from its commit in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
