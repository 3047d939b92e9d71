import { execFileSync } from 'node:child_process';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/outcome/problem.ts';
import { readManifests } from '../../src/manifests/read.ts';

let folder: string;

beforeAll(async () => {
  folder = await files.mkdtemp(path.join(tmpdir(), 'buildless-manifests-'));
  const write = (name: string, text: string): Promise<void> => files.writeFile(path.join(folder, name), text);
  await files.mkdir(path.join(folder, 'empty'));
  await files.mkdir(path.join(folder, 'folder.yaml'));
  await write('folder.yaml/deeper.yaml', 'apiVersion: v1\nkind: Deeper\n');
  await write('b.yml', 'apiVersion: v1\nkind: B\n');
  await write('a.yaml', 'apiVersion: v1\nkind: A1\n---\napiVersion: v1\nkind: A2\n');
  await write('c.json', '{"apiVersion": "v1", "kind": "C"}');
  await write('notes.txt', 'apiVersion: v1\nkind: Notes\n');
  await write('broken.tmpl', 'a: [\n');
});

afterAll(async () => {
  await files.rm(folder, { recursive: true });
});

async function read(...names: string[]): Promise<readonly string[]> {
  let reads = 0;
  const result = await readManifests(
    names.map((name) => (name === '-' || name.startsWith('https:') ? name : path.join(folder, name))),
    {
      files,
      stdin: () => {
        reads += 1;
        return Promise.resolve(Buffer.from(`apiVersion: v1\nkind: Stdin${reads}\n`));
      },
    },
  );
  return [
    ...result.findings.map((finding) => formatProblem(finding).replace(folder, '')),
    ...result.documents.map(({ object, file }) => `${path.basename(file)} ${String(object.kind)}`),
    ...result.skipped.map((file) => `skipped ${path.relative(folder, file)}`),
  ];
}

describe('readManifests', () => {
  it('reads a folder as kubectl does: by name and extension, not its subfolders', async () => {
    expect(await read('.')).toEqual(['a.yaml A1', 'a.yaml A2', 'b.yml B', 'c.json C']);
  });

  it('reads a named file whatever its extension, and several in the order given', async () => {
    expect(await read('notes.txt', 'c.json', '-')).toEqual(['notes.txt Notes', 'c.json C', '(standard input) Stdin1']);
  });

  it.skipIf(process.platform === 'win32')('does not wait for a FIFO in a folder', async () => {
    await files.mkdir(path.join(folder, 'waiting'));
    execFileSync('mkfifo', [path.join(folder, 'waiting/a.yaml')]);
    await files.writeFile(path.join(folder, 'waiting/b.yaml'), 'apiVersion: v1\nkind: B\n');
    expect(await read('waiting')).toEqual(['b.yaml B']);
  });

  it('reads the standard input once', async () => {
    expect(await read('-', '-')).toEqual(['(standard input) Stdin1']);
  });

  it('names every file that is wrong', async () => {
    expect(await read('gone.yaml', 'empty', 'broken.tmpl', 'https://registry.example/app.yaml', 'a.yaml')).toEqual([
      '/gone.yaml: the file or folder does not exist; correct the path',
      '/empty: the folder has no manifests; name a folder with .yaml, .yml or .json files in it',
      '/broken.tmpl:2:1: this is not YAML: a quote, bracket or comma is missing; close what was opened before',
      'https://registry.example/app.yaml: this is an address, not a file; download it and name the file, or pipe it to -f -',
      'a.yaml A1',
      'a.yaml A2',
    ]);
  });
});
