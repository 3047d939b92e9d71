import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FastPod, type FilesOfTest } from '../fast-install/fast-pod.ts';
import { bundlePodPrograms, Folders, runInPod, writeTree } from '../pod-programs.ts';
import { type FakeRegistry, startRegistry } from './fake-registry.ts';

const TOKEN = 's3cretOfTheRegistry-4711';
const USER = 'robot';
/** What a file could have of it. */
const FORMS = [TOKEN, encodeURIComponent(TOKEN), Buffer.from(`${USER}:${TOKEN}`).toString('base64')];
const DIGEST = 'a'.repeat(64);

const folders = new Folders();
let pod: FastPod;
let programs = '';
/** Answer what is asked first, and keep whoever comes for an archive: with the credential in use, and a cache that has begun. */
let npm: FakeRegistry;
let python: FakeRegistry;
/** Requests that had the credential. */
let authorized = 0;

beforeAll(async () => {
  [pod, programs] = await Promise.all([FastPod.open(folders), bundlePodPrograms()]);
  folders.keep(programs);
  npm = await startRegistry((place, response, address, { authorization }) => {
    if (authorization !== undefined) authorized += 1;
    if (place.endsWith('.tgz')) return;
    const dist = { tarball: `${address}top/-/top-1.0.0.tgz`, integrity: `sha512-${'A'.repeat(86)}==` };
    const versions = { '1.0.0': { name: 'top', version: '1.0.0', dist } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'top', 'dist-tags': { latest: '1.0.0' }, versions }));
  });
  python = await startRegistry((place, response, address, { authorization }) => {
    if (authorization !== undefined) authorized += 1;
    if (place.endsWith('.whl')) return;
    const file = 'top-1.0.0-py3-none-any.whl';
    response.setHeader('content-type', 'text/html');
    response.setHeader('cache-control', 'max-age=600');
    response.end(
      `<!DOCTYPE html><html><body><a href="${address}files/${file}#sha256=${DIGEST}">${file}</a></body></html>`,
    );
  });
}, 120_000);
afterAll(async () => {
  await npm.close();
  await python.close();
  await folders.removeAll();
});

const dependencies = { top: '1.0.0' };
const NODE: FilesOfTest = {
  'handler.js': '',
  'package.json': { dependencies },
  'package-lock.json': {
    lockfileVersion: 3,
    packages: {
      '': { dependencies },
      'node_modules/top': { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` },
    },
  },
};
const PYTHON: FilesOfTest = { 'handler.py': '', 'requirements.txt': `top==1.0.0 --hash=sha256:${DIGEST}\n` };

async function secretOf(language: 'nodejs' | 'python'): Promise<string> {
  const folder = await folders.open('secret');
  const { host } = new URL((language === 'nodejs' ? npm : python).address);
  const [file, text] =
    language === 'nodejs'
      ? ['.npmrc', `registry=http://${host}/\n//${host}/:_authToken=${TOKEN}\n`]
      : ['pip.conf', `[global]\nindex-url = http://${USER}:${TOKEN}@${host}/simple\n`];
  await writeTree(folder, { [file]: text });
  return path.join(folder, file);
}

const INSTALLERS = [
  { installer: 'npm', language: 'nodejs', files: NODE },
  { installer: 'bun', language: 'nodejs', files: NODE },
  { installer: 'pip', language: 'python', files: PYTHON },
  { installer: 'uv', language: 'python', files: PYTHON },
] as const;

/** Of the volumes that stay when a container is gone. */
async function filesWithCredential(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
  return files.filter((_, index) => FORMS.some((form) => contents[index]?.includes(form)));
}

describe.each(INSTALLERS)('$installer, killed while it installs with a registry of a Secret', (each) => {
  it('leaves nothing of the Secret on a volume that the Function or another Pod sees', async () => {
    const { installer, language, files } = each;
    authorized = 0;
    const registry = await secretOf(language);
    // The last ones only on a machine that is so busy that the credential was not used by then.
    for (const killAfter of [700, 1500, 3000, 8000, 20_000]) {
      if (killAfter > 3000 && authorized > 0) break;
      const place = await pod.stage(files);
      const [tmp, cache] = [await folders.open('tmp'), await folders.open('cache')];
      const env = { TMPDIR: tmp, HOME: tmp, npm_config_registry: '', PIP_INDEX_URL: '' };
      const flags = [`--registry=${registry}`, `--cache=${cache}`];
      const isOwn = installer === 'npm' || installer === 'pip';
      const staged = await pod.prepare(language, place, {
        env,
        flags: isOwn
          ? ['--install']
          : [`--fast=${installer}`, `--version=${language === 'nodejs' ? '22' : '3.12'}`, ...flags],
        ...(!isOwn && { killAfter }),
      });
      const end = isOwn
        ? await runInPod({
            command: installer === 'npm' ? process.execPath : 'python3',
            args: [
              path.join(programs, installer === 'npm' ? 'nodejs/install.mjs' : 'python/install.py'),
              ...[`--root=${place.root}`, '--timeout=120', ...flags],
            ],
            env,
            killAfter,
          })
        : staged;
      expect(end.signal, end.output).toBe('SIGKILL');
      for (const folder of [place.root, tmp, cache, '/dev/shm']) expect(await filesWithCredential(folder)).toEqual([]);
    }
    // One at least was killed with the credential in use.
    expect(authorized).toBeGreaterThan(0);
  }, 120_000);
});

it('finds a credential that is left', async () => {
  const folder = await folders.open('left');
  await writeTree(folder, { 'a/b': `x ${FORMS[2] ?? ''} y` });
  expect(await filesWithCredential(folder)).toEqual([path.join(folder, 'a/b')]);
});
