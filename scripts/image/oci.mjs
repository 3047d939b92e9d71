// Writes an image as an OCI archive with layers compressed by zstd: what registries hold and nodes pull.
// https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { zstdProgram } from './zstd.mjs';

const TYPE = 'application/vnd.oci.image';
/** With the level and the form that zstd.mjs has (the size is in the frame): another one is another blob. */
const ENDING = '.19.sized.zst';

/**
 * @param {{ docker: string, reference: string, cache: string, target: string }} options `docker` is an archive as `docker save`
 *   writes it, `cache` a folder where compressed layers are kept
 * @returns {Promise<{ digest: string, labels: Record<string, string>, layers: { what: string, bytes: number, kept: string }[] }>} digest of the
 *   manifest, labels, and what a node pulls
 */
export async function writeOci({ docker, reference, cache, target }) {
  const read = (file) => execFileSync('tar', ['-xOf', docker, file], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const [saved] = JSON.parse(read('manifest.json'));
  const configText = read(saved.Config);
  const config = JSON.parse(configText);
  const made = config.history.filter(({ empty_layer: empty }) => empty !== true);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${target}.`);
  try {
    const blobs = path.join(folder, 'blobs/sha256');
    mkdirSync(blobs, { recursive: true });
    const put = (text) => {
      const digest = createHash('sha256').update(text).digest('hex');
      writeFileSync(path.join(blobs, digest), text);
      return { digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
    };
    const layers = [];
    for (const [index, layer] of saved.Layers.entries()) {
      const kept = path.join(cache, config.rootfs.diff_ids[index].replace('sha256:', '') + ENDING);
      if (!existsSync(kept)) await compress(docker, layer, kept);
      const digest = await sha256(kept);
      if (!existsSync(path.join(blobs, digest))) symlinkSync(kept, path.join(blobs, digest));
      layers.push({ what: made[index]?.created_by ?? layer, bytes: statSync(kept).size, digest, kept });
    }
    const manifest = put(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: `${TYPE}.manifest.v1+json`,
        config: { mediaType: `${TYPE}.config.v1+json`, ...put(configText) },
        layers: layers.map(({ bytes, digest }) => ({
          mediaType: `${TYPE}.layer.v1.tar+zstd`,
          digest: `sha256:${digest}`,
          size: bytes,
        })),
      }),
    );
    const annotations = {
      'io.containerd.image.name': reference,
      'org.opencontainers.image.ref.name': reference.slice(reference.lastIndexOf(':') + 1),
    };
    const platform = { architecture: config.architecture, os: config.os };
    const index = [{ mediaType: `${TYPE}.manifest.v1+json`, ...manifest, platform, annotations }];
    writeFileSync(
      path.join(folder, 'index.json'),
      JSON.stringify({ schemaVersion: 2, mediaType: `${TYPE}.index.v1+json`, manifests: index }),
    );
    writeFileSync(path.join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    const reproducible = [
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mtime=@0',
      '--mode=u=rwX,go=rX',
    ];
    execFileSync('tar', [
      '-ch',
      ...reproducible,
      '-f',
      `${target}.new`,
      '-C',
      folder,
      'oci-layout',
      'index.json',
      'blobs',
    ]);
    renameSync(`${target}.new`, target);
    return { digest: manifest.digest, labels: config.config?.Labels ?? {}, layers };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compress(docker, layer, target) {
  const [command, ...args] = await zstdProgram();
  const plain = `${target}.tar`;
  const file = openSync(plain, 'w');
  execFileSync('tar', ['-xOf', docker, layer], { stdio: ['ignore', file, 'inherit'] });
  closeSync(file);
  execFileSync(command, [...args, 'compress', plain, `${target}.new`], { stdio: ['ignore', 'ignore', 'inherit'] });
  rmSync(plain);
  renameSync(`${target}.new`, target);
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
