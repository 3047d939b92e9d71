import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/function/files.ts';
import { contentOf, type StoredLock } from '../../../src/revision/stored-lock.ts';
import { bundlePodPrograms, Folders, listTree, PREPARE, runInPod, type RunEnd } from '../pod-programs.ts';

const folders = new Folders();
let programs = '';

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
});
afterAll(async () => {
  await folders.removeAll();
});

async function mount(keys: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await folders.open('configmap');
  for (const [key, content] of Object.entries(keys)) await writeFile(path.join(folder, key), content);
  return folder;
}

async function mountLock(lock: StoredLock): Promise<string> {
  const { data = {}, binaryData = {} } = contentOf(lock) ?? {};
  const binary = Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const);
  return mount({ ...data, ...Object.fromEntries(binary) });
}

const STAMP = 'files:hello-3fa9c1d204 lock:hello-9ad01c33f0';

async function prepare(from: string, flags: readonly string[]): Promise<RunEnd & { readonly root: string }> {
  const root = await folders.open('root');
  const args = [`--source=configmap:hello-3fa9c1d204`, `--root=${root}`, `--from=${from}`, '--language=nodejs'];
  const command = [
    ...PREPARE.options,
    path.join(programs, 'prepare.mjs'),
    ...args,
    '--level=off',
    `--revision=${STAMP}`,
    ...flags,
  ];
  return { root, ...(await runInPod({ command: PREPARE.command, args: command })) };
}

const HANDLER = 'export const main = () => "hello";\n';
const MANIFEST = '{"dependencies":{"ms":"2.1.3"}}';
const INTEGRITY = 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==';
const LOCK = JSON.stringify({
  name: 'hello',
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': { name: 'hello', dependencies: { ms: '2.1.3' } },
    'node_modules/ms': {
      version: '2.1.3',
      resolved: 'https://registry.npmjs.org/ms/-/ms-2.1.3.tgz',
      integrity: INTEGRITY,
    },
  },
});
const lockOf = (text: string): StoredLock => ({ kind: 'lock', file: 'package-lock.json', text });

describe('prepare of a Pod with a revision', () => {
  it('ends if the files are not those of the revision, at every level', async () => {
    const from = await mount({ 'handler.js': HANDLER });
    const { code, termination } = await prepare(from, [`--digest=sha256:${'0'.repeat(64)}`]);
    expect(code).toBe(1);
    const now = digestOf(new Map([['handler.js', Buffer.from(HANDLER)]]));
    expect(termination).toBe(
      `configmap:hello-3fa9c1d204 changed after this Pod was admitted: it was sha256:${'0'.repeat(64)} and is ${now}; this Pod runs the revision ${STAMP} and nothing else: delete it, and its controller creates it again`,
    );
  });

  it('says which revision it runs', async () => {
    const { code, output } = await prepare(await mount({ 'handler.js': HANDLER }), []);
    expect(code).toBe(0);
    expect(output).toContain(`revision ${STAMP}`);
  });

  it.each([
    ['as it is', LOCK],
    ['compressed', LOCK + ' '.repeat(130 * 1024)],
  ])('puts the lock of the revision next to package.json, %s', async (_, text) => {
    const from = await mount({ 'handler.js': HANDLER, 'package.json': MANIFEST });
    const lock = await mountLock(lockOf(text));
    const { code, output, root } = await prepare(from, ['--install', `--lock=${lock}`, '--level=locked']);
    expect(output).toContain('lock of the revision: package-lock.json');
    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'staging'))).toEqual(['handler.js', 'package-lock.json', 'package.json']);
    expect(await readFile(path.join(root, 'staging/package-lock.json'), 'utf8')).toBe(text);
  });

  it('judges the lock before it installs', async () => {
    const from = await mount({ 'handler.js': HANDLER, 'package.json': MANIFEST });
    const lock = await mountLock(lockOf(LOCK.replace(/,"integrity":"[^"]*"/, '')));
    const { code, termination } = await prepare(from, ['--install', `--lock=${lock}`, '--level=locked']);
    expect(code).toBe(1);
    expect(termination).toContain('the dependency policy "locked" refuses this source:');
    expect(termination).toContain('package-lock.json');
  });

  it("uses the author's lock, if there is one", async () => {
    const own = LOCK.replace('"hello"', '"own"');
    const from = await mount({ 'handler.js': HANDLER, 'package.json': MANIFEST, 'package-lock.json': own });
    const { code, output, root } = await prepare(from, ['--install', `--lock=${await mountLock(lockOf(LOCK))}`]);
    expect(code).toBe(0);
    expect(output).toContain('the source has its own lock; the lock of the revision is not used');
    expect(await readFile(path.join(root, 'staging/package-lock.json'), 'utf8')).toBe(own);
  });

  it('prints why there is no lock and goes on without one, but not at the level "locked"', async () => {
    const from = await mount({ 'handler.js': HANDLER, 'package.json': MANIFEST });
    const lock = await mountLock({ kind: 'none', problem: 'no answer', fix: 'try later', details: ['ETIMEDOUT'] });
    const open = await prepare(from, ['--install', `--lock=${lock}`]);
    expect(open.code).toBe(0);
    expect(open.output).toContain('attention: no lock could be resolved for this revision: no answer; try later');
    expect(open.output).toContain('  ETIMEDOUT');
    const locked = await prepare(from, ['--install', `--lock=${lock}`, '--level=locked']);
    expect(locked.code).toBe(1);
    expect(locked.termination).toContain('package-lock.json is missing');
  });

  it('ends with the findings of a lock that the minimum release age refuses, also of the author', async () => {
    const finding = 'axios 1.14.1 was published at 2026-03-31T00:21:00Z; wait [release-too-young]';
    const lock = await mountLock({ kind: 'refused', problem: 'too young', fix: 'wait', details: [finding] });
    for (const files of [{ 'package.json': MANIFEST }, { 'package.json': MANIFEST, 'package-lock.json': LOCK }]) {
      const from = await mount({ 'handler.js': HANDLER, ...files });
      const { code, termination } = await prepare(from, ['--install', `--lock=${lock}`]);
      expect(code).toBe(1);
      expect(termination).toContain(`too young; wait\n- ${finding}`);
    }
  });

  it("installs the author's lock if the controller found it old enough", async () => {
    const from = await mount({ 'handler.js': HANDLER, 'package.json': MANIFEST, 'package-lock.json': LOCK });
    const { code, output } = await prepare(from, ['--install', `--lock=${await mountLock({ kind: 'checked' })}`]);
    expect(code).toBe(0);
    expect(output).toContain('the versions of its lock are old enough');
  });

  it('never takes a refusal that it cannot read for a reason to go on', async () => {
    const from = await mount({ 'handler.js': HANDLER, 'package.json': MANIFEST });
    const lock = await mount({ 'refused.json': '{' });
    expect((await prepare(from, ['--install', `--lock=${lock}`])).code).toBe(1);
  });

  it('goes on without a lock if what is mounted is something else', async () => {
    const from = await mount({ 'handler.js': HANDLER, 'package.json': MANIFEST });
    const { code, output } = await prepare(from, ['--install', `--lock=${await mount({ 'pylock.toml': '' })}`]);
    expect(code).toBe(0);
    expect(output).toMatch(
      /attention: .* does not hold a package-lock\.json; the packages are installed without a lock/,
    );
  });

  it('ends if the lock would lie where the source has a folder', async () => {
    const lock = await mountLock(lockOf(LOCK));
    const { code, termination } = await prepare(await mount({ 'package-lock.json..x': '' }), [`--lock=${lock}`]);
    expect(code).toBe(1);
    expect(termination).toBe(
      'package-lock.json is a folder in the source, where the lock of the revision belongs; rename the folder',
    );
  });
});
