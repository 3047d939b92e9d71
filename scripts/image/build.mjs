// Builds the two images of deploy/Dockerfile.
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { makeBases } from './bases.mjs';
import { findEngine } from './engine.mjs';
import { writeOci } from './oci.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** In the order in which they are built; the names are targets of the Dockerfile and ends of references. */
export const IMAGE_NAMES = ['toolkit', 'buildless'];

/** Where what is expensive to make is kept between runs. */
export const cacheFolder = () =>
  path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'buildless', 'images');

/**
 * @param {{ localBases: boolean, output: string, cached?: boolean, say(line: string): void }} options
 * @returns {Promise<{ name: string, reference: string, archive: string, digest: string, layers: { what: string, bytes: number }[] }[]>} OCI archives
 */
export async function buildImages({ localBases, output, cached = true, say }) {
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const cache = cacheFolder();
  await mkdir(output, { recursive: true });
  const text = await readFile(path.join(root, 'deploy/Dockerfile'), 'utf8');
  const engine = localBases ? await engineWithBases(text, say) : findEngine(undefined);
  const { stdout: commit } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  const args = { VERSION: version, REVISION: commit?.trim() ?? '' };
  const file = path.join(output, '.Dockerfile');
  await writeFile(file, withValues(text, args));
  const images = [];
  for (const name of IMAGE_NAMES) {
    const started = performance.now();
    const reference = `ghcr.io/buildless-dev/${name}:${version}`;
    engine.build({ file, target: name, reference, args, context: root, local: localBases, cached });
    const docker = path.join(output, `.${name}.docker.tar`);
    await rm(docker, { force: true });
    engine.save(reference, docker);
    const archive = path.join(output, `${name}.tar`);
    const { digest, labels, layers } = await writeOci({
      docker,
      reference,
      cache: path.join(cache, 'layers'),
      target: archive,
    });
    await rm(docker);
    expectLabels(labels, args, reference);
    say(`built ${reference} with ${engine.name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    images.push({ name, reference, archive, digest, layers });
  }
  await rm(file);
  await removeOthers(path.join(cache, 'layers'), images);
  return images;
}

/** buildah 1.28 takes a step from its cache if the text is the same, although an argument in it has another value now. */
const withValues = (text, args) =>
  Object.entries(args).reduce((filled, [name, value]) => filled.replaceAll(`"$${name}"`, `"${value}"`), text);

function expectLabels(labels, { VERSION, REVISION }, reference) {
  for (const [key, wanted] of Object.entries({ version: VERSION, revision: REVISION })) {
    const found = labels[`org.opencontainers.image.${key}`] ?? '';
    if (found !== wanted)
      throw new Error(`the label ${key} of ${reference} is "${found}", and "${wanted}" was expected`);
  }
}

/** Compressed layers of earlier builds. */
async function removeOthers(folder, images) {
  const kept = new Set(images.flatMap(({ layers }) => layers.map(({ kept }) => path.basename(kept))));
  for (const file of await readdir(folder)) if (!kept.has(file)) await rm(path.join(folder, file));
}

/** An engine with images and layers of its own, and in it the base images that a Dockerfile names, made on this machine. */
export async function engineWithBases(dockerfile, say) {
  const cache = cacheFolder();
  const storage = path.join(cache, 'build');
  await mkdir(cache, { recursive: true });
  const engine = findEngine(storage);
  await loadBases(engine, await makeBases(dockerfile, cache, say), storage);
  return engine;
}

/** Loads what is not loaded yet: reading an archive takes as long as a small build. */
async function loadBases(engine, bases, storage) {
  await mkdir(storage, { recursive: true });
  const file = path.join(storage, 'bases.json');
  const loaded = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  for (const { reference, layers, archive } of bases) {
    const names = layers.map((layer) => path.basename(layer)).join(' ');
    if (loaded[reference] === names && engine.has(reference)) continue;
    const written = await archive();
    engine.load(written);
    await rm(written);
    loaded[reference] = names;
    await writeFile(file, JSON.stringify(loaded));
  }
}
