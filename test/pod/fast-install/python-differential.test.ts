import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folders, listTree } from '../pod-programs.ts';
import { FastPod, locked } from './fast-pod.ts';
import { PYTHON_SETS } from './python-sets.ts';

const folders = new Folders();
let pod: FastPod;
const VERSION = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
  encoding: 'utf8',
}).trim();

beforeAll(async () => {
  pod = await FastPod.open(folders);
});
afterAll(async () => {
  await folders.removeAll();
});

/** What Python itself finds: the distributions, and whether each top-level module of theirs can be imported. */
const PROBE = `
import importlib, importlib.metadata as metadata, json, sys
sys.path.insert(0, '.python-packages')
found = list(metadata.distributions(path=['.python-packages']))
names = sorted({file.parts[0].removesuffix('.py') for each in found for file in each.files or []
  if file.suffix == '.py' and '.' not in file.parts[0].removesuffix('.py') and len(file.parts) < 3 and file.parts[0] != 'bin'})
def load(name):
    try:
        importlib.import_module(name)
        return 'loads'
    except BaseException as error:
        return type(error).__name__
print(json.dumps([sorted(each.metadata['Name'] + '==' + each.version for each in found), {name: load(name) for name in names}]))
`;

const probe = (folder: string): unknown =>
  JSON.parse(
    execFileSync('python3', ['-I', '-B', '-c', PROBE], { cwd: folder, encoding: 'utf8' }).split('\n').at(-2) ?? '',
  );

/** Files of the packages, but what an installer writes about itself, and scripts and C headers, which have no place below a target. */
const filesOf = async (folder: string): Promise<string[]> =>
  (await listTree(path.join(folder, '.python-packages'))).filter(
    (file) =>
      !/__pycache__|\.dist-info\/(INSTALLER|REQUESTED|RECORD|uv_cache\.json)$|^\.lock$|^bin\/|^include\//.test(file),
  );

describe('auto finds for a handler what pip finds', () => {
  it.each(Object.entries(PYTHON_SETS))('with %s', async (_title, requirements) => {
    const text = await locked(requirements, VERSION);
    const files = { 'requirements.txt': text, 'handler.py': '' };
    const fast = await pod.stage(files);
    const own = await pod.stage(files);

    const plain = await pod.prepare('python', own, { flags: ['--install'] });
    const pip = await pod.install('python', own.root);
    const { code, output } = await pod.prepare('python', fast, { flags: ['--fast=uv', `--version=${VERSION}`] });

    expect([plain.code, pip.code], pip.output).toEqual([0, 0]);
    expect(code, output).toBe(0);
    expect(output).toContain('uv installed');
    const [byUv, byPip] = [fast, own].map(({ root }) => path.join(root, 'function'));
    expect(probe(byUv ?? '')).toEqual(probe(byPip ?? ''));
    expect(await filesOf(byUv ?? '')).toEqual(await filesOf(byPip ?? ''));
    expect(await readFile(path.join(byUv ?? '', 'requirements.txt'), 'utf8')).toBe(text);
  });
});
