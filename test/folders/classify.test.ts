import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyFolder } from '../../src/folders/classify.ts';
import { partsOf } from '../../src/folders/parts.ts';
import { formatProblem } from '../../src/outcome/problem.ts';
import { folderOf, type Files } from './folder.ts';

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n';

describe('a folder is', () => {
  it.each<[string, Files, string]>([
    [
      'a kustomization, if it has one',
      { 'kustomization.yaml': '', 'handler.js': '', 'a.yaml': SERVICE },
      'kustomization',
    ],
    ['a kustomization by its short name', { Kustomization: 'resources: []' }, 'kustomization'],
    ['manifests, if a file has apiVersion and kind', { 'a.yml': SERVICE, 'handler.js': '' }, 'manifests'],
    ['manifests in JSON', { 'a.json': '{"apiVersion":"v1","kind":"Service"}', 'package.json': '{}' }, 'manifests'],
    ['manifests, if one cannot be read as YAML', { 'a.yaml': 'apiVersion: v1\nkind: [\n' }, 'manifests'],
    ['a source, if it has a handler', { 'handler.py': '' }, 'source'],
    ['a source, if it has a handler in TypeScript', { 'handler.mts': '' }, 'source'],
    [
      'a source, if main of its package.json exists',
      { 'package.json': '{"main":"src/a.js"}', 'src/a.js': '' },
      'source',
    ],
    ['a source, if it has dependencies', { 'requirements.txt': '' }, 'source'],
    [
      'a source beside other YAML',
      { 'handler.js': '', 'values.yaml': 'a: 1', 'Chart.yaml': 'apiVersion: v2' },
      'source',
    ],
    ['a source beside manifests in a subfolder', { 'handler.js': '', 'deploy/a.yaml': SERVICE }, 'source'],
    ['neither, without any of these', { 'README.md': 'apiVersion kind' }, 'other'],
    ['neither, if it is empty', {}, 'other'],
  ])('%s', async (_, files, kind) => {
    expect(await classifyFolder(await folderOf(files))).toBe(kind);
  });

  it.skipIf(process.platform === 'win32')('is not read where it would wait: a FIFO, a link to nothing', async () => {
    const folder = await folderOf({ 'handler.js': '' });
    execFileSync('mkfifo', [path.join(folder, 'a.yaml')]);
    await symlink('gone', path.join(folder, 'b.yaml'));
    expect(await classifyFolder(folder)).toBe('source');
  });
});

describe('-R takes each subfolder by the same rule', () => {
  it('and does not enter what is one thing already, nor node_modules and links', async () => {
    const top = await folderOf({
      'package.json': '{"workspaces":["functions/*"]}',
      'functions/a/handler.js': '',
      'functions/a/deploy/a.yaml': SERVICE,
      'functions/b/kustomization.yaml': '',
      'functions/b/base/handler.js': '',
      'deploy/service.yaml': SERVICE,
      'deploy/values.yaml': 'a: 1\n',
      'docs/schema.json': '{}',
      'node_modules/x/handler.js': '',
    });
    await symlink(top, path.join(top, 'functions/up'));
    const { parts, findings, skipped } = await partsOf([top], true);
    const relative = (file: string): string => path.relative(top, file);
    expect(parts.map(({ kind, path: where }) => `${kind} ${relative(where)}`)).toEqual([
      'manifests deploy',
      'source functions/a',
      'kustomization functions/b',
    ]);
    expect(findings).toEqual([]);
    // The other files of a folder of manifests are skipped where they are read.
    expect(skipped.map(relative)).toEqual(['package.json', 'docs/schema.json']);
  });
});

describe('a folder with nothing to read', () => {
  it('is an error that names -R if there are subfolders', async () => {
    const top = await folderOf({ 'a/handler.js': '' });
    await mkdir(path.join(top, 'empty'));
    const messages = async (name: string, recursive: boolean): Promise<readonly string[]> =>
      (await partsOf([name], recursive)).findings.map((finding) => formatProblem(finding).replace(top, 'TOP'));
    const fix =
      'name a folder with a kustomization, manifests (.yaml, .yml, .json), or a handler (handler.js, handler.py)';
    expect(await messages(top, false)).toEqual([
      `TOP: the folder has no manifests and is not the source of a Function; add -R to read its subfolders, or ${fix}`,
    ]);
    expect(await messages(path.join(top, 'empty'), true)).toEqual([
      `TOP/empty: the folder has no manifests and is not the source of a Function; ${fix}`,
    ]);
    expect((await partsOf([top], true)).parts).toHaveLength(1);
  });
});
