/** Files that cannot be read, and an output that cannot be written: what, where, and no trace. */
import { spawnSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { closeSync, existsSync, openSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, type Files } from '../folders/folder.ts';
import { buildless, COMMAND } from './command.ts';

const BROKEN_JSON: Files = { 'handler.js': '', 'package.json': '{\n  "dependencies": { "ms": "2.1.3", }\n}\n' };
const NOT_A_LIST: Files = { 'handler.js': '', 'package.json': '{ "dependencies": ["ms"] }' };
const ONE_EQUALS: Files = { 'handler.py': '', '.python-version': '3.12', 'requirements.txt': 'humanize=4.9.0\n' };

describe.each(['lock', 'outdated', 'update'])('%s', (subcommand) => {
  it.each<[string, Files, string]>([
    ['package.json is not JSON', BROKEN_JSON, 'package.json:2:36: package.json cannot be read: it is not valid JSON: '],
    ['dependencies are a list', NOT_A_LIST, 'package.json:1:19: dependencies is a list where npm expects an object'],
    ['requirements.txt is misspelt', ONE_EQUALS, 'requirements.txt:1:9: a single "=" compares nothing; "==" does'],
  ])('names the place if %s, and asks no registry', async (_, files, problem) => {
    const folder = await folderOf(files);
    const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:1', PIP_INDEX_URL: 'http://127.0.0.1:1' };
    const { status, stdout, stderr } = await buildless(['--quiet', subcommand, '-f', folder], '', folder, env);
    expect(stderr).toContain(`error: ${folder}: ${problem}`);
    expect({ status, plan: stdout.includes('---') }).toEqual({ status: 1, plan: false });
  });
});

it('lock names the place in the package.json of a ConfigMap', async () => {
  const configMap = `apiVersion: v1
kind: ConfigMap
metadata: { name: x, labels: { buildless.dev/function: x } }
data:
  package.json: '{ "dependencies": '
`;
  const { status, stderr } = await buildless(['lock', '-f', '-'], configMap);
  expect(status).toBe(1);
  expect(stderr).toContain('ConfigMap x: package.json:1:19: package.json cannot be read: it is not valid JSON');
});

it('lock replaces a lock that is not JSON', async () => {
  const files = { 'handler.js': '', 'package.json': '{ "dependencies": {} }', 'package-lock.json': '{ broken' };
  expect(await buildless(['--quiet', 'lock', '-f', await folderOf(files)])).toMatchObject({ status: 0, stderr: '' });
});

it.each(['manifest', 'inject', 'run'])(
  '%s does not call the runtime missing if package.json is broken',
  async (name) => {
    const folder = await folderOf(BROKEN_JSON);
    const { status, stderr } = await buildless([name, '-f', folder]);
    expect(status).toBe(2);
    expect(stderr).toContain(
      `${folder}/package.json:2:36: the runtime is not known, because package.json cannot be read: it is not valid JSON`,
    );
  },
);

describe('a file that the user may not read', () => {
  it.each<[string, Files, string, readonly string[]]>([
    ['a source', { 'package.json': '{}', 'handler.js': '' }, 'package.json', ['validate', 'lock', 'outdated']],
    ['a folder of manifests', { 'shop.yaml': 'apiVersion: v1\n' }, 'shop.yaml', ['validate', 'inject', 'run']],
  ])('is named in %s', async (_, files, file, subcommands) => {
    const folder = await folderOf(files);
    await chmod(path.join(folder, file), 0);
    for (const subcommand of subcommands) {
      const { status, stderr } = await buildless([subcommand, '-f', folder]);
      // root may read every file.
      if (process.getuid?.() === 0) expect(stderr).not.toContain('EACCES');
      else {
        expect(stderr).toContain(`error: ${folder}/${file}: `);
        expect(stderr).toMatch(/cannot be read \(EACCES\)\n {7}\S/);
        expect(status).toBe(2);
      }
    }
  });
});

it.each<[string, readonly string[], string]>([
  [
    'the configuration',
    ['validate', '-f', '.', '--config', 'nowhere.yaml'],
    'nowhere.yaml: the configuration does not exist',
  ],
  ['a list of denied versions', ['validate', '-f', '.', '--denied', 'gone'], 'gone: the file or folder does not exist'],
  ['a folder with an empty name', ['init', ''], 'the name of the folder is empty'],
  ['a path with an empty name', ['validate', '-f', ''], '-f, --filename is empty'],
])('%s that is not there is named, with a cure', async (_, args, message) => {
  const folder = await folderOf({ 'handler.js': '' });
  const { status, stderr } = await buildless(['--quiet', ...args], '', folder);
  expect(status).toBe(2);
  expect(stderr).toContain(`error: ${message}`);
});

it('a list of denied versions names its own line, and no file twice', async () => {
  const folder = await folderOf({ 'handler.js': '', '.nvmrc': '22', 'denied.yaml': 'dependencies:\n  denied: [\n' });
  for (const named of ['denied.yaml', '.']) {
    const { status, stderr } = await buildless(['--quiet', 'validate', '-f', '.', '--denied', named], '', folder);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: denied\.yaml:3:1: this is not YAML/);
  }
});

it('sbom names the files of the folder that it was given', async () => {
  const files = { 'handler.js': '', '.nvmrc': '22', 'package.json': '{ "dependencies": { "ms": "latest" } }' };
  const folder = await folderOf(files);
  const { status, stderr } = await buildless(['--quiet', 'sbom', '-f', folder]);
  expect(status).toBe(1);
  expect(stderr).toContain(`error: ${folder}/package.json:1:27: "ms" is "latest"`);
});

it('an output that cannot be written is an error without a trace', (ctx) => {
  if (!existsSync('/dev/full')) ctx.skip('there is no /dev/full on this machine');
  const full = openSync('/dev/full', 'w');
  const args = [COMMAND, 'schema', 'config'];
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
  closeSync(full);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'error: the output cannot be written (ENOSPC)\n       free some space, or write it somewhere else\n',
  });
});
