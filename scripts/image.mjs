// `npm run image`: the two images of deploy/Dockerfile, and the size of each layer.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from './set-up.mjs';
import { buildImages } from './image/build.mjs';
import { usage } from './usage.mjs';

usage(`
Usage: npm run image -- [--local-bases] [--output FOLDER] [--twice]

Builds the two images of deploy/Dockerfile with Docker, Podman or buildah, and prints the size of each layer.

--local-bases  makes the base images on this machine (Debian, root, buildah or Podman), without an image registry
--output       folder for the archives (.build/image); OCI archives, for "docker load", "podman load", "kind load image-archive",
               "ctr images import", "skopeo copy", "crane push"
--twice        builds both again without cached layers of ours, and fails if an image has another digest`);

const { values } = parseArgs({
  options: {
    'local-bases': { type: 'boolean', default: false },
    output: { type: 'string', default: '.build/image' },
    twice: { type: 'boolean', default: false },
  },
});

await setUp();
const options = { localBases: values['local-bases'], output: path.resolve(values.output), say: console.log };
const images = await buildImages(options);
for (const { reference, archive, digest, layers } of images) {
  console.log(`\n${reference} ${digest}\n  ${archive}`);
  for (const { what, bytes } of layers) console.log(`  ${megabytes(bytes)} MB  ${what}`);
  console.log(`  ${megabytes(layers.reduce((sum, { bytes }) => sum + bytes, 0))} MB  together, compressed`);
}
if (values.twice) {
  const again = await buildImages({ ...options, output: `${options.output}-again`, cached: false });
  for (const [index, { reference, digest }] of images.entries()) {
    const other = again[index]?.digest;
    console.log(`${reference}: ${digest === other ? 'the same again' : `${digest}, and then ${other}`}`);
    if (digest !== other) process.exitCode = 1;
  }
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1).padStart(6);
}
