import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSourceFiles } from '../../src/folders/source-files.ts';
import { formatProblem } from '../../src/outcome/problem.ts';
import { folderOf, write, type Files } from './folder.ts';

const KEY = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n';

async function read(
  folder: string,
): Promise<{ files?: readonly string[]; secrets?: readonly string[]; errors?: readonly string[] }> {
  const result = await readSourceFiles(folder);
  return 'findings' in result
    ? { errors: result.findings.map((finding) => formatProblem(finding).replaceAll(`${folder}/`, '')) }
    : { files: [...result.files.keys()], secrets: result.secrets.map((file) => path.relative(folder, file)) };
}

describe('the files of a source', () => {
  it.each<[string, Files, readonly string[]]>([
    [
      'are all files, by their paths',
      { 'handler.js': '', 'lib/deep/a.js': '', 'a.bin': '' },
      ['a.bin', 'handler.js', 'lib/deep/a.js'],
    ],
    [
      'are not what tools make',
      {
        'handler.py': '',
        '.git/config': '',
        'node_modules/x/i.js': '',
        '.venv/a': '',
        '__pycache__/h.pyc': '',
        'h.pyc': '',
        '.vscode/a.json': '',
        '.gitignore': '',
      },
      ['handler.py'],
    ],
    [
      'are not what .gitignore names, a subfolder having the last word',
      {
        'handler.js': '',
        '.gitignore': '*.log\ndata/*\n!data/keep.json\r\n',
        'a.log': '',
        'data/x.json': '',
        'data/keep.json': '',
        'lib/.gitignore': '!a.log\nb.js\n',
        'lib/a.log': '',
        'lib/b.js': '',
      },
      ['data/keep.json', 'handler.js', 'lib/a.log'],
    ],
    [
      'are those of an editor of Windows as well',
      {
        'handler.js': 'exports.main = 1;\r\n',
        '.gitignore': '# ours\r\n*.log\r\ndist/\r\n!keep.log\r\n',
        'a.log': '',
        'keep.log': '',
        'dist/a.js': '',
      },
      ['handler.js', 'keep.log'],
    ],
    ['may be hidden', { 'handler.js': '', 'lib/.hidden.js': '' }, ['handler.js', 'lib/.hidden.js']],
    ['may differ in upper and lower case', { 'handler.js': '', 'Handler.js': '' }, ['Handler.js', 'handler.js']],
  ])('%s', async (_, files, wanted) => {
    expect(await read(await folderOf(files))).toEqual({ files: wanted, secrets: [] });
  });

  it("are not what the repository's .gitignore names, even if the folder itself is ignored", async () => {
    const repository = await folderOf({ '.git/HEAD': '', '.gitignore': '*.tmp\nfunctions/\n' });
    await write(repository, {
      'functions/a/handler.js': '',
      'functions/a/x.tmp': '',
      'b/handler.js': '',
      'b/x.tmp': '',
    });
    expect((await read(path.join(repository, 'b'))).files).toEqual(['handler.js']);
    expect((await read(path.join(repository, 'functions/a'))).files).toEqual(['handler.js', 'x.tmp']);
  });

  it('are named where they are left out, as they may be secret', async () => {
    const folder = await folderOf({
      'handler.js': `const header = '-----BEGIN PRIVATE KEY-----';`,
      '.env': 'A=1',
      '.env.local': '',
      '.envrc': '',
      'certs/tls.key': KEY,
      'certs/tls.crt': '-----BEGIN CERTIFICATE-----\n',
      id_ed25519: '',
      'store.p12': Buffer.from([0, 1, 2]),
      'pgp.asc': '-----BEGIN PGP PRIVATE KEY BLOCK-----\n',
      'lib/key.js': `export const key = \`\n${KEY}\`;`,
    });
    expect(await read(folder)).toEqual({
      files: ['certs/tls.crt', 'handler.js'],
      secrets: ['.env', '.env.local', '.envrc', 'certs/tls.key', 'id_ed25519', 'lib/key.js', 'pgp.asc', 'store.p12'],
    });
  });
});

const OUT = 'leave it out with .gitignore';

describe('an error of a source, with every other one', () => {
  it.each<[string, Files, readonly string[]]>([
    [
      'a name that no key can stand for',
      { 'a b.js': '', 'grün.js': '', '[id].ts': '', 'folder./x.js': '' },
      [
        `[id].ts: the name cannot be a key of a ConfigMap, which has letters, digits, "-", "_" and "."; rename it, or ${OUT}`,
        `a b.js: the name cannot be a key of a ConfigMap, which has letters, digits, "-", "_" and "."; rename it, or ${OUT}`,
        `folder./x.js: the name cannot be a key of a ConfigMap, which has letters, digits, "-", "_" and "."; rename it, or ${OUT}`,
        `grün.js: the name cannot be a key of a ConfigMap, which has letters, digits, "-", "_" and "."; rename it, or ${OUT}`,
      ],
    ],
    [
      'a name with ".."',
      { 'a..js': '', 'b..c/x.js': '' },
      [
        `a..js: the name contains "..", which stands for "/" in the key of a ConfigMap; rename it, or ${OUT}`,
        `b..c/x.js: the name contains "..", which stands for "/" in the key of a ConfigMap; rename it, or ${OUT}`,
      ],
    ],
    [
      'a path that is too long',
      { [`${'a/'.repeat(90)}x.js`]: '' },
      [
        `${'a/'.repeat(90)}x.js: the path is longer than the 253 characters of a key of a ConfigMap; shorten it, or ${OUT}`,
      ],
    ],
    [
      'a pattern of .gitignore that would take too long to match',
      { 'lib/.gitignore': `a\n${'*a'.repeat(9)}\n` },
      ['lib/.gitignore:2: the pattern is too long, or has too many "*"; divide it into several patterns'],
    ],
    [
      'a file that is too large',
      { 'model.bin': new Uint8Array(1024 * 1024 + 1) },
      [
        `model.bin: the file has 1025 KiB, and a ConfigMap may have 1024 KiB; ${OUT}, or use a Git repository as the source`,
      ],
    ],
    [
      'an .npmrc with a token',
      { '.npmrc': '# x\n//r.example/:_authToken=abc\n', 'lib/.npmrc': '//r.example/:_authToken=${TOKEN}\n' },
      [
        '.npmrc:2:1: the file has a credential in it, and everybody who may read the ConfigMap would read it; put it into a Secret and name it with buildless.dev/registry, or write a variable: ${NPM_TOKEN}',
      ],
    ],
  ])('%s', async (_, files, errors) => {
    expect(await read(await folderOf({ 'handler.js': '', ...files }))).toEqual({ errors });
  });

  it('a link out of the folder, to a folder, to nothing, in a circle', async () => {
    const folder = await folderOf({ 'handler.js': '', 'lib/a.js': 'a', '../outside.js': '' });
    for (const [link, target] of [
      ['fine.js', 'lib/a.js'],
      ['out.js', '../outside.js'],
      ['etc', '/etc/hostname'],
      ['up', '..'],
      ['folder', 'lib'],
      ['gone.js', 'nowhere.js'],
      ['loop', 'loop'],
      ['node_modules', '..'],
    ] as const) {
      await symlink(target, path.join(folder, link));
    }
    expect(await read(folder)).toEqual({
      errors: [
        `etc: the link leads out of the folder; copy the file into the folder, or leave the link out with .gitignore`,
        `folder: the link leads to a folder, and a ConfigMap has no links; replace it by the folder, or ${OUT}`,
        `gone.js: the link leads to nothing; remove it, or ${OUT}`,
        `loop: the link leads back to itself; remove it, or ${OUT}`,
        'out.js: the link leads out of the folder; copy the file into the folder, or leave the link out with .gitignore',
        'up: the link leads out of the folder; copy the file into the folder, or leave the link out with .gitignore',
      ],
    });
  });

  it.skipIf(process.platform === 'win32')('a FIFO, which is not opened', async () => {
    const folder = await folderOf({ 'handler.js': '' });
    execFileSync('mkfifo', [path.join(folder, 'queue')]);
    expect(await read(folder)).toEqual({ errors: [`queue: it is neither a file nor a folder; remove it, or ${OUT}`] });
  });

  it.skipIf(process.platform === 'win32')('a file that cannot be read', async (context) => {
    if (process.getuid?.() === 0) context.skip('root reads every file');
    const folder = await folderOf({ 'handler.js': '' });
    await chmod(path.join(folder, 'handler.js'), 0);
    expect(await read(folder)).toEqual({
      errors: [`handler.js: the file cannot be read (EACCES); make it readable, or ${OUT}`],
    });
  });

  it('too many files, of which no more are looked at', async () => {
    const folder = await folderOf({ 'handler.js': '' });
    for (let number = 0; number < 2001; number += 1) await mkdir(path.join(folder, `f${number}`));
    expect(await read(folder)).toEqual({
      errors: [
        `${folder}: the folder has more than 2000 files; name the folder of one Function, or leave files out with .gitignore`,
      ],
    });
  });

  it('more than a screen of them, which are counted', async () => {
    const names = Array.from({ length: 30 }, (_, index) => [`a ${String(index).padStart(2, '0')}.js`, ''] as const);
    const { errors = [] } = await read(await folderOf(Object.fromEntries(names)));
    expect(errors).toHaveLength(21);
    expect(errors.at(-1)).toContain('10 more files cannot be part of the source');
  });
});
