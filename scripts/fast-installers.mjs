// Fetches bun and uv, which the toolkit image carries (deploy/Dockerfile) and the tests run: each from the registry of its own
// language, checked against the hashes below, and unpacked into a folder.
//
//   node scripts/fast-installers.mjs FOLDER [amd64 | arm64]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Versions, and the SHA-256 of the files that hold them; Linux with glibc. */
const BUN = {
  version: '1.4.5',
  // Without AVX2, which not every virtual machine offers: every Function's Pod starts with this program.
  x64: {
    package: '@oven/bun-linux-x64-baseline',
    sha256: 'c18ff4130882eaa8209f0b3e66a202abd1e07a137f38a254d0b7431bc6a03827',
  },
  arm64: {
    package: '@oven/bun-linux-aarch64',
    sha256: 'c3cd56594c9d5d025df87f77c68ad4699a49b52551f0f3232be6f727533fe08c',
  },
};
const UV = {
  version: '0.13.9',
  x64: { platform: 'manylinux2014_x86_64', sha256: 'd7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19' },
  arm64: {
    platform: 'manylinux2014_aarch64',
    sha256: '5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe',
  },
};

/**
 * @param {string} folder gets `bun` and `uv`; what is there from the same archives is kept
 * @param {'x64' | 'arm64'} [architecture]
 * @returns {Promise<string>} the folder, absolute
 */
export async function fetchFastInstallers(folder, architecture = process.arch) {
  const target = path.resolve(folder);
  await mkdir(target, { recursive: true });
  if (process.platform !== 'linux' || BUN[architecture] === undefined) {
    throw new Error(
      `bun and uv are fetched for Linux on x64 and arm64, and this is ${process.platform} ${architecture}.`,
    );
  }
  for (const [program, fetch, source] of [
    ['bun', fetchBun, BUN[architecture]],
    ['uv', fetchUv, UV[architecture]],
  ]) {
    const mark = path.join(target, `.${program}-${source.sha256}`);
    if (existsSync(path.join(target, program)) && existsSync(mark)) continue;
    await fetch(target, source);
    await writeFile(mark, '');
  }
  return target;
}

async function fetchBun(target, { package: name, sha256 }) {
  await inTemporaryFolder(target, 'bun', sha256, (folder) => {
    run('npm', ['pack', '--silent', '--pack-destination', folder, `${name}@${BUN.version}`]);
  });
}

async function fetchUv(target, { platform, sha256 }) {
  await inTemporaryFolder(target, 'uv', sha256, (folder) => {
    const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--platform', platform, '--dest', folder];
    run('python3', ['-m', 'pip', 'download', '--disable-pip-version-check', ...options, `uv==${UV.version}`]);
  });
}

/** Downloads one archive, checks it, and takes one program out of it. */
async function inTemporaryFolder(target, program, sha256, download) {
  const folder = await mkdtemp(path.join(tmpdir(), 'buildless-installers-'));
  try {
    download(folder);
    const [archive] = await readdir(folder);
    if (archive === undefined) throw new Error(`nothing was downloaded for ${program}`);
    const file = path.join(folder, archive);
    const found = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    if (found !== sha256) throw new Error(`${archive} has the SHA-256 ${found}, and ${sha256} was expected.`);
    const contents = path.join(folder, 'contents');
    await mkdir(contents);
    if (archive.endsWith('.tgz')) run('tar', ['-xzf', file, '-C', contents]);
    else run('python3', ['-m', 'zipfile', '-e', file, contents]);
    const entries = await readdir(contents, { recursive: true, withFileTypes: true });
    const inside = entries.find((entry) => entry.isFile() && entry.name === program);
    if (inside === undefined) throw new Error(`${archive} holds no ${program}`);
    // Renamed at the end: another process may be doing the same.
    const fresh = path.join(target, `.${program}-${process.pid}`);
    await copyFile(path.join(inside.parentPath, inside.name), fresh);
    await chmod(fresh, 0o755);
    await rename(fresh, path.join(target, program));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(command, args) {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

if (import.meta.filename === process.argv[1]) {
  // The second is a platform in Docker's words (TARGETARCH), or Node.js'.
  const [folder, platform = process.arch] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('usage: node scripts/fast-installers.mjs FOLDER [amd64 | arm64]');
    process.exit(2);
  }
  console.log(
    `bun ${BUN.version} and uv ${UV.version} are in ${await fetchFastInstallers(folder, platform === 'amd64' ? 'x64' : platform)}`,
  );
}
