// Compresses or decompresses a file with zstd: `zstd.mjs compress|decompress FROM TO`. Node.js has zstd from 22.15 on; older
// ones start the toolkit's bun instead (zstdProgram).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { fetchFastInstallers } from '../fast-installers.mjs';

/** Layers are compressed once and pulled by many. */
const LEVEL = 19;

/** @returns {Promise<string[]>} a command, to be followed by `compress` or `decompress` and two files */
export async function zstdProgram() {
  const file = fileURLToPath(import.meta.url);
  if (typeof zlib.createZstdCompress === 'function') return [process.execPath, file];
  return [`${await fetchFastInstallers(KEPT)}/bun`, file];
}

const KEPT = fileURLToPath(new URL('../../node_modules/.cache/buildless/bin', import.meta.url));

if (process.argv[1] === import.meta.filename) {
  // Files, not streams: at the end of a pipeline of pipes bun 1.4.5 sometimes spins for good.
  const [, , action, from, to] = process.argv;
  const input = readFileSync(from);
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL };
  writeFileSync(
    to,
    action === 'decompress' ? zlib.zstdDecompressSync(input) : zlib.zstdCompressSync(input, { params }),
  );
}
