// Layers and images as files: what `docker save` writes and every container runtime reads.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Packs a folder as a layer: the same files give the same bytes, all of them owned by root. */
export function packLayer(folder, tar) {
  const reproducible = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  execFileSync('tar', [...reproducible, '-cf', `${tar}.new`, '-C', folder, '.']);
  renameSync(`${tar}.new`, tar);
}

/**
 * Writes an image as `docker save` would: containerd imports it without an engine and without a registry.
 * Format: https://github.com/moby/docker-image-spec/blob/main/v1.2.md
 *
 * @param {string} reference
 * @param {readonly string[]} layers files, from the lowest
 * @param {object} config what an image says about itself beside its files
 * @param {string} tar
 */
export async function writeArchive(reference, layers, config, tar) {
  const folder = mkdtempSync(`${tar}.`);
  try {
    const digests = await Promise.all(layers.map(sha256));
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const rootfs = { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) };
    const names = layers.map((layer, index) => {
      symlinkSync(layer, path.join(folder, `${index}.tar`));
      return `${index}.tar`;
    });
    // buildah counts these entries.
    const history = layers.map((layer) => ({ created_by: path.basename(layer) }));
    const whole = { architecture, os: 'linux', config, rootfs, history };
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify(whole));
    const manifest = [{ Config: 'config.json', RepoTags: [reference], Layers: names }];
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    execFileSync('tar', ['-chf', `${tar}.new`, '-C', folder, 'manifest.json', 'config.json', ...names]);
    renameSync(`${tar}.new`, tar);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
