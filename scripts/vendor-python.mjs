// Fetches the packages that the Python Function server needs, at build time: a Pod installs nothing for it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const cacheFolder = path.resolve(import.meta.dirname, '../node_modules/.cache/buildless');

/** Raised when what the cache holds changes though the requirements do not. */
const LAYOUT = 4;

/** Folders that a running server never reads, and files that say where and how something was installed. */
const PRUNED_FOLDERS = new Set(['__pycache__', 'test', 'tests']);
const PRUNED_FILES = new Set(['RECORD', 'INSTALLER', 'REQUESTED', 'direct_url.json']);

/**
 * What pip shall install for, whatever it runs on: where a package has a wheel for each platform only, the hash is that of one.
 * Python's version is the oldest runtime's.
 */
const PLATFORM = [
  '--platform',
  'manylinux2014_x86_64',
  '--implementation',
  'cp',
  '--python-version',
  '3.11',
  '--abi',
  'cp311',
];

/** Compiled, with the same in Python beside it. */
const ACCELERATORS = /^_speedups\..*\.so$|^_speedups\.c$/;

/**
 * Installs the pinned and hashed requirements of a file into a folder, which is replaced. Takes them from a cache below
 * node_modules where the same file was installed before, so that only the first build needs the network.
 *
 * @param {string} requirementsFile
 * @param {string} targetDir
 * @returns {Promise<void>}
 */
export async function vendorPython(requirementsFile, targetDir) {
  const digest = createHash('sha256')
    .update(`${LAYOUT}\n`)
    .update(await readFile(requirementsFile))
    .digest('hex');
  const cached = path.join(cacheFolder, `python-${digest}`);
  if (!existsSync(cached)) await fill(cached, path.resolve(requirementsFile));
  await rm(targetDir, { recursive: true, force: true });
  await mkdir(path.dirname(path.resolve(targetDir)), { recursive: true });
  await cp(cached, targetDir, { recursive: true });
  // mkdtemp makes folders that nobody else may read, and a Pod's user is not the one that built the image.
  await chmod(targetDir, 0o755);
}

/** Installs beside `cached` and renames, so that a cancelled build leaves no half of it. */
async function fill(cached, requirementsFile) {
  await mkdir(cacheFolder, { recursive: true });
  const fresh = await mkdtemp(path.join(cacheFolder, 'python-fresh-'));
  try {
    await pipInstall(requirementsFile, fresh);
    await prune(fresh);
    await rename(fresh, cached);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another build may have been faster.
    if (!existsSync(cached)) throw error;
  }
}

async function pipInstall(requirementsFile, folder) {
  const python = await findPython();
  const options = [
    '--target',
    folder,
    '--require-hashes',
    '--no-deps',
    ...PLATFORM,
    '--only-binary=:all:',
    '--no-compile',
  ];
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-warn-script-location'];
  const { code, output } = await run(python, ['-m', 'pip', 'install', ...quiet, ...options, '-r', requirementsFile]);
  if (code !== 0) {
    throw new Error(
      `pip could not install ${path.basename(requirementsFile)} (exit status ${code}):\n${output.trim()}`,
    );
  }
}

/** The first Python 3 on the path that has pip. */
async function findPython() {
  let withoutPip;
  for (const command of ['python3', 'python']) {
    const version = await run(command, ['--version']);
    if (version.code !== 0 || !version.output.startsWith('Python 3')) continue;
    if ((await run(command, ['-m', 'pip', '--version'])).code === 0) return command;
    withoutPip ??= command;
  }
  throw new Error(
    withoutPip === undefined
      ? 'Building needs Python 3 with pip, to fetch the packages of the Python Function server. ' +
          'Neither python3 nor python was found: install Python 3.11 or newer.'
      : `Building needs pip, to fetch the packages of the Python Function server, and ${withoutPip} has none. ` +
          `Run ${withoutPip} -m ensurepip, or install the package python3-pip.`,
  );
}

/** Runs a command; a missing one is exit status 127. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', () => resolve({ code: 127, output }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Has a module for each convention of OpenTelemetry that is not settled yet; the SDK uses two of them. */
const CONVENTIONS = 'opentelemetry/semconv/_incubating';

async function prune(folder) {
  await rm(path.join(folder, 'bin'), { recursive: true, force: true });
  // Documents that some wheels have beside their packages.
  for (const name of await readdir(folder)) if (name.endsWith('.md')) await rm(path.join(folder, name));
  await pruneConventions(folder);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const pruned = entry.isDirectory() ? PRUNED_FOLDERS : PRUNED_FILES;
    if (pruned.has(entry.name)) await rm(path.join(entry.parentPath, entry.name), { recursive: true, force: true });
    if (ACCELERATORS.test(entry.name)) {
      await rm(path.join(entry.parentPath, entry.name));
      continue;
    }
    if (/\.(so|pyd|dylib)$/.test(entry.name)) {
      throw new Error(`${entry.name} is compiled for one platform; only pure Python packages can be vendored.`);
    }
  }
}

/** Each Pod copies what is here, so a file that nothing imports costs every start. */
async function pruneConventions(folder) {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.py'));
  const isConvention = (file) => file.startsWith(CONVENTIONS) && path.basename(file) !== '__init__.py';
  const imported = new Set();
  for (const file of files) {
    if (isConvention(file)) continue;
    const text = await readFile(path.join(folder, file), 'utf8');
    for (const [, name] of text.matchAll(/opentelemetry\.semconv\._incubating\.([\w.]+)/g)) {
      imported.add(`${CONVENTIONS}/${name.replaceAll('.', '/')}.py`);
    }
  }
  for (const file of files) {
    if (isConvention(file) && !imported.has(file)) await rm(path.join(folder, file));
  }
}
