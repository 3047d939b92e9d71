// Makes the base images that deploy/Dockerfile names, on a Debian and without an image registry: Debian from debootstrap, Node.js
// from its npm package, and Debian's Python under the name of each Python. They carry this machine's CA bundle.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packLayer, writeArchive } from './archive.mjs';

const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
/** Raised when the making of a layer below changes, so that a kept one is made again. */
const RECIPE = '1';
const NPM_VERSION = '11.19.0';
const PATHS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const TRUST = ['NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'SSL_CERT_FILE', 'GIT_SSL_CAINFO'].map(
  (name) => `${name}=${CA_BUNDLE}`,
);

/**
 * @param {string} dockerfile its text
 * @param {string} cache folder where what was made is kept
 * @param {(line: string) => void} say
 * @returns {Promise<{ reference: string, layers: string[], archive(): Promise<string> }[]>} what they are made of, and what writes one as an archive
 */
export async function makeBases(dockerfile, cache, say) {
  const named = [
    ...new Set(Array.from(dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+\/\S+:\S+)/gm), ([, name]) => name)),
  ];
  const bases = [];
  const debian = keptLayer(cache, 'base-debian', [], say, debianRoot);
  for (const reference of named) {
    const [, program, version] = /\/(node|python):(\d+\.\d+\.\d+)-/.exec(reference) ?? [];
    if (version === undefined) throw new Error(`${reference} of deploy/Dockerfile cannot be made without a registry`);
    const layers =
      program === 'node'
        ? [
            debian,
            keptLayer(cache, 'base-node', [version, NPM_VERSION, 'trust'], say, (folder) => nodeRoot(folder, version)),
          ]
        : [keptLayer(cache, 'base-python', [path.basename(debian)], say, (folder) => pythonRoot(folder, debian))];
    if (program === 'python' && !version.startsWith(`${debianPython()}.`)) {
      say(
        `${reference}: Debian's Python ${debianPython()} replaces it, so the image has no bytecode for Python ${version}`,
      );
    }
    const archive = async () => {
      const file = path.join(cache, 'base.image');
      await writeArchive(reference, layers, { Env: [`PATH=${PATHS}`, ...TRUST] }, file);
      return file;
    };
    bases.push({ reference, layers, archive });
  }
  return bases;
}

function debianPython() {
  return execFileSync('apt-cache', ['show', 'python3'], { encoding: 'utf8' }).match(/^Version: (\d+\.\d+)/m)?.[1] ?? '';
}

/** A layer by what it is made of; of the same name one is kept. */
function keptLayer(cache, name, parts, say, makeRoot) {
  const hash = createHash('sha256')
    .update(JSON.stringify([RECIPE, ...parts]))
    .update(readFileSync(CA_BUNDLE));
  const layer = path.join(cache, `${name}-${hash.digest('hex').slice(0, 12)}.layer`);
  if (existsSync(layer)) return layer;
  const started = performance.now();
  for (const old of readdirSync(cache).filter((file) => file.startsWith(`${name}-`))) rmSync(path.join(cache, old));
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-base-'));
  chmodSync(folder, 0o755);
  try {
    makeRoot(folder);
    packLayer(folder, layer);
  } finally {
    rmSync(folder, { recursive: true });
  }
  say(`made ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return layer;
}

function debianRoot(folder) {
  const release = readFileSync('/etc/os-release', 'utf8').match(/^VERSION_CODENAME=(\w+)$/m)?.[1] ?? 'bookworm';
  execFileSync('debootstrap', ['--variant=minbase', '--include=ca-certificates', release, folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  cpSync(CA_BUNDLE, path.join(folder, CA_BUNDLE), { dereference: true });
  rmSync(path.join(folder, 'var/cache/apt/archives'), { recursive: true });
  rmSync(path.join(folder, 'var/lib/apt/lists'), { recursive: true });
  // This machine's sources have security updates, as those of the official images have.
  const sources = ['sources.list.d/debian.sources', 'sources.list'].find((file) => existsSync(`/etc/apt/${file}`));
  rmSync(path.join(folder, 'etc/apt/sources.list'));
  if (sources !== undefined) cpSync(`/etc/apt/${sources}`, path.join(folder, 'etc/apt', sources));
}

function nodeRoot(folder, version) {
  mkdirSync(path.join(folder, 'usr/local/bin'), { recursive: true });
  unpackPackage(`node-linux-${process.arch}@${version}`, path.join(folder, 'usr/local'), ['package/bin/node']);
  const npm = path.join(folder, 'usr/local/lib/node_modules/npm');
  mkdirSync(npm, { recursive: true });
  unpackPackage(`npm@${NPM_VERSION}`, npm, []);
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(folder, 'usr/local/bin/npm'));
  chmodSync(path.join(npm, 'bin/npm-cli.js'), 0o755);
  // Stays when packages write the bundle of Debian again.
  const authorities = path.join(folder, 'usr/local/share/ca-certificates');
  mkdirSync(authorities, { recursive: true });
  cpSync(CA_BUNDLE, path.join(authorities, 'of-this-machine.crt'), { dereference: true });
}

/** A Debian with its Python. */
function pythonRoot(folder, debian) {
  execFileSync('tar', ['-xf', debian, '-C', folder]);
  const inside = (...command) =>
    execFileSync('chroot', [folder, ...command], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: PATHS, DEBIAN_FRONTEND: 'noninteractive' },
    });
  cpSync('/etc/resolv.conf', path.join(folder, 'etc/resolv.conf'), { dereference: true });
  inside('apt-get', 'update', '-qq');
  inside('apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'python3');
  inside('apt-get', 'clean');
  rmSync(path.join(folder, 'var/lib/apt/lists'), { recursive: true });
}

function unpackPackage(spec, target, files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-package-'));
  try {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, spec], { stdio: 'pipe' });
    const archive = path.join(folder, readdirSync(folder)[0] ?? '');
    execFileSync('tar', ['-xzf', archive, '-C', target, '--strip-components=1', '--no-same-owner', ...files]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
