import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { DEFAULT_CONFIGURATION } from '../../../src/config/defaults.ts';
import { packLayer, writeArchive, type ImageConfig } from '../../../scripts/image/archive.mjs';
import { buildImages, cacheFolder, IMAGE_NAMES } from '../../../scripts/image/build.mjs';
import { debianRoot, TRUST } from './debian.ts';
import { inFolder, unpackNode, unpackPackage } from './npm-programs.ts';

/** Raised when the making of a root below changes, so that a cached one is made anew. */
const RECIPE = '1';
const NPM_VERSION = '11.19.0';

/** Images under the names that the shipped manifests and the default configuration give, so that both run as shipped. */
export const IMAGES = {
  pause: 'registry.example/pause:1',
  node: DEFAULT_CONFIGURATION.runtimes.nodejs22?.image ?? '',
  python: DEFAULT_CONFIGURATION.runtimes.python311?.image ?? '',
} as const;

/**
 * @returns archives for `ctr images import`, our own last; what is not cached yet is made, which takes the package registries and
 * some minutes
 */
export async function makeImages(say: (line: string) => void): Promise<readonly string[]> {
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  const pause = await cachedImage(
    cache,
    say,
    'pause',
    [],
    IMAGES.pause,
    { Entrypoint: ['/bin/sleep', 'infinity'] },
    pauseRoot,
  );
  const node = await cachedImage(
    cache,
    say,
    'node',
    [IMAGES.node, NPM_VERSION],
    IMAGES.node,
    { Env: environment() },
    nodeRoot,
  );
  const python = await cachedImage(
    cache,
    say,
    'python',
    ['python'],
    IMAGES.python,
    { Env: environment() },
    (folder) => {
      debianRoot(folder, ['python3', 'python3-pip']);
      // As the official image has it.
      symlinkSync('python3', path.join(folder, 'usr/bin/python'));
    },
  );
  return [pause, node, python, ...(await makeOwnImages(say))];
}

/** The two images of deploy/Dockerfile, as this checkout makes them. */
export async function makeOwnImages(say: (line: string) => void): Promise<readonly string[]> {
  const output = path.join(cacheFolder(), 'own');
  // By `npm run verify`, beside other work.
  if (process.env.BUILDLESS_IMAGES_ARE_BUILT === '1')
    return IMAGE_NAMES.map((name) => path.join(output, `${name}.tar`));
  const images = await buildImages({ localBases: true, output, say });
  return images.map(({ archive }) => archive);
}

export const environment = (): readonly string[] => [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ...TRUST,
];

type MakeRoot = (folder: string) => void;

/** The recipe and the CA bundle are part of the key: whoever changes them gets a new image. */
function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([RECIPE, ...parts]));
  for (const file of [path.join(import.meta.dirname, 'debian.ts'), '/etc/ssl/certs/ca-certificates.crt']) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}

export async function cachedImage(
  cache: string,
  say: (line: string) => void,
  name: string,
  parts: readonly string[],
  reference: string,
  config: ImageConfig,
  makeRoot: MakeRoot,
): Promise<string> {
  const layer = cachedLayer(cache, say, name, parts, makeRoot);
  const tar = layer.replace(/\.layer$/, '.image');
  if (!existsSync(tar)) await writeArchive(reference, [layer], config, tar);
  return tar;
}

function cachedLayer(
  cache: string,
  say: (line: string) => void,
  name: string,
  parts: readonly string[],
  makeRoot: MakeRoot,
): string {
  const layer = path.join(cache, `${name}-${keyOf(parts)}.layer`);
  if (existsSync(layer)) return layer;
  const started = performance.now();
  for (const old of readdirSync(cache).filter((file) => file.startsWith(`${name}-`))) rmSync(path.join(cache, old));
  inFolder((folder) => {
    makeRoot(folder);
    packLayer(folder, layer);
  });
  say(`made the image of ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return layer;
}

/** The kubelet's sandbox: one static program that waits. */
function pauseRoot(folder: string): void {
  mkdirSync(path.join(folder, 'bin'));
  copyFileSync('/bin/busybox', path.join(folder, 'bin/sleep'));
}

/** As the official image: Node.js and npm in a Debian, here from their npm packages. */
function nodeRoot(folder: string): void {
  debianRoot(folder, []);
  unpackNode(/:(\d+\.\d+\.\d+)/.exec(IMAGES.node)?.[1] ?? '', path.join(folder, 'usr/bin/node'));
  const npm = path.join(folder, 'usr/lib/node_modules/npm');
  mkdirSync(npm, { recursive: true });
  unpackPackage(`npm@${NPM_VERSION}`, npm);
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(folder, 'usr/bin/npm'));
  chmodSync(path.join(npm, 'bin/npm-cli.js'), 0o755);
}
