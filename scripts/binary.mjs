// `npm run binary -- [PLATFORM...] [--out FOLDER]`: the command as one file without Node.js, for each platform, which bun puts
// together from dist/ (https://bun.com/docs/bundler/executables). bun comes from npm, checked against the hashes below.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** The same as the toolkit's (fast-installers.mjs); "baseline" runs on processors without AVX2 as well. */
export const BUN_VERSION = '1.4.5';

/** By the names that Go has for platforms, which kubectl and krew use. */
export const PLATFORMS = {
  'linux-amd64': {
    target: 'bun-linux-x64-baseline',
    package: '@oven/bun-linux-x64-baseline',
    integrity: 'sha512-s8yMwYcFnnrA178gji0gZbkE2WVDej/Ti1x770oPfihxyRxSMNhGhiAQNXV53aDeraZxksdvKV/RAdQBCd0qPA==',
  },
  'linux-arm64': {
    target: 'bun-linux-arm64',
    package: '@oven/bun-linux-aarch64',
    integrity: 'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  },
  'darwin-amd64': {
    target: 'bun-darwin-x64-baseline',
    package: '@oven/bun-darwin-x64-baseline',
    integrity: 'sha512-zqfLA5A4B+hYMh5WYzYSot3uZ06FzhdP0OEwQisEzdirYtXGj5cQFlfy31BGfNsAsk1Gd/w/OxJ/jqqJ3cMclw==',
  },
  'darwin-arm64': {
    target: 'bun-darwin-arm64',
    package: '@oven/bun-darwin-aarch64',
    integrity: 'sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==',
  },
  'windows-amd64': {
    target: 'bun-windows-x64-baseline',
    package: '@oven/bun-windows-x64-baseline',
    integrity: 'sha512-/U3Dc74uGqE6EUqef7mPtg9KwJs7iJH4JHRMfIZIn18MrJh6Xz4gVvWDXRvzCL2j8wPlTnJVyrO4n7Qq4uM7TQ==',
  },
};

const HERE = `${{ win32: 'windows' }[process.platform] ?? process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** @returns {string} the name of the file on a platform */
export const binaryName = (platform) => (platform.startsWith('windows') ? 'buildless.exe' : 'buildless');

/**
 * Puts the file together; dist/ has to be built.
 *
 * @param {string} folder gets the file
 * @param {string} [platform] one of PLATFORMS; default: this machine's
 * @returns {Promise<string>} its path
 */
export async function buildBinary(folder, platform = HERE) {
  if (PLATFORMS[HERE] === undefined) throw new Error(`bun does not run on ${HERE}`);
  const [builder, base] = [await fetchBun(HERE), await fetchBun(platform)];
  await mkdir(folder, { recursive: true });
  const file = path.join(path.resolve(folder), binaryName(platform));
  const args = [
    ...['build', '--compile', `--target=${PLATFORMS[platform].target}`, `--compile-executable-path=${base}`],
    // Files in the folder that the command is called in must not be read as settings, let alone run.
    ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
    ...['--define', `BUILDLESS_STANDALONE=${JSON.stringify(await hashOf(path.join(root, 'dist')))}`],
    ...['--asset', 'dist/pod', '--asset', 'dist/init', 'dist/buildless.mjs', '--outfile', file],
  ];
  const { status, stdout, stderr, error } = spawnSync(builder, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bun build for ${platform} failed: ${stderr}${stdout}${error ?? ''}`);
  return file;
}

/** bun for a platform, from npm, kept below node_modules. */
async function fetchBun(platform) {
  const { package: name, integrity } = PLATFORMS[platform];
  const program = platform.startsWith('windows') ? 'bun.exe' : 'bun';
  const folder = path.join(root, 'node_modules/.cache/buildless', `bun-${BUN_VERSION}-${platform}`);
  const kept = path.join(folder, program);
  if (existsSync(kept)) return kept;
  const scratch = await mkdtemp(path.join(tmpdir(), 'buildless-bun-'));
  try {
    const pack = ['pack', '--silent', '--pack-destination', scratch, `${name}@${BUN_VERSION}`];
    execFileSync('npm', pack, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
    const [archive = ''] = await readdir(scratch);
    const content = await readFile(path.join(scratch, archive));
    const found = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    if (found !== integrity) throw new Error(`${archive} has the integrity ${found}, and ${integrity} was expected`);
    await mkdir(folder, { recursive: true });
    const unpacked = await mkdtemp(`${folder}.`);
    execFileSync('tar', [
      '-xzf',
      path.join(scratch, archive),
      '-C',
      unpacked,
      '--strip-components=2',
      `package/bin/${program}`,
    ]);
    await chmod(path.join(unpacked, program), 0o755);
    await rename(path.join(unpacked, program), kept);
    await rm(unpacked, { recursive: true });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return kept;
}

/** Tells one build from another: the names and contents of a folder. */
async function hashOf(folder) {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash
      .update(path.relative(folder, file))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

if (import.meta.filename === process.argv[1]) {
  usage(`
Usage: npm run binary -- [PLATFORM...] [--out FOLDER]

Builds the command as one file without Node.js, for this machine without a PLATFORM.

PLATFORM  ${Object.keys(PLATFORMS).join(', ')}
--out     folder for the files (dist-binary)`);
  await setUp();
  const args = process.argv.slice(2);
  const at = args.indexOf('--out');
  const [, folder = 'dist-binary'] = at === -1 ? [] : args.splice(at, 2);
  const unknown = args.filter((platform) => PLATFORMS[platform] === undefined);
  if (unknown.length > 0) {
    console.error(`unknown platform ${unknown.join(', ')}; known are ${Object.keys(PLATFORMS).join(', ')}`);
    process.exit(2);
  }
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
  for (const platform of args.length === 0 ? [HERE] : args) {
    console.log(await buildBinary(path.join(folder, platform), platform));
  }
}
