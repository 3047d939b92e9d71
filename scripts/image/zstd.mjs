// Compresses, or decompresses, what stdin has to stdout with zstd: `zstd.mjs compress | decompress`. Node.js has zstd from 22.15
// on; older ones start the toolkit's bun instead (zstdProgram).
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { fetchFastInstallers } from '../fast-installers.mjs';

/** Layers are compressed once and pulled by many. */
const LEVEL = 19;

/** @returns {Promise<string[]>} a command, to be followed by `compress` or `decompress` */
export async function zstdProgram() {
  const file = fileURLToPath(import.meta.url);
  if (typeof zlib.createZstdCompress === 'function') return [process.execPath, file];
  return [`${await fetchFastInstallers(KEPT)}/bun`, file];
}

const KEPT = fileURLToPath(new URL('../../node_modules/.cache/buildless/bin', import.meta.url));

if (process.argv[1] === import.meta.filename) {
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL };
  const transform =
    process.argv[2] === 'decompress' ? zlib.createZstdDecompress() : zlib.createZstdCompress({ params });
  await pipeline(process.stdin, transform, process.stdout);
}
