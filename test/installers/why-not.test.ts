import { describe, expect, it } from 'vitest';
import { readJudgeableSource } from '../../src/dependencies/npm/source.ts';
import type { SourceFiles } from '../../src/function/files.ts';
import { whyNotBun } from '../../src/installers/bun.ts';
import { listForUv, whyNotUv } from '../../src/installers/uv.ts';

const whyNotBunOf = (files: SourceFiles): string | undefined => whyNotBun(files, '22', readJudgeableSource(files));

const filesOf = (texts: Readonly<Record<string, unknown>>): ReadonlyMap<string, Uint8Array> =>
  new Map(
    Object.entries(texts).map(([name, text]) => [
      name,
      new TextEncoder().encode(typeof text === 'string' ? text : JSON.stringify(text)),
    ]),
  );

const INTEGRITY = `sha512-${'A'.repeat(86)}==`;
const RESOLVED = 'https://registry.npmjs.org/a/-/a-1.0.0.tgz';
const A = { version: '1.0.0', resolved: RESOLVED, integrity: INTEGRITY };

const OPTIONAL = { dependencies: {}, optionalDependencies: { a: '1.0.0' } };

function node(entry: object, manifest: object = {}, more: object = {}): ReadonlyMap<string, Uint8Array> {
  const root = { dependencies: { a: '1.0.0' }, ...manifest };
  const lock = { lockfileVersion: 3, packages: { '': root, 'node_modules/a': entry } };
  return filesOf({ 'package.json': root, 'package-lock.json': lock, ...more });
}

describe('bun may install from a complete lock', () => {
  it.each([
    ['of the public registry', node(A)],
    ['of another registry, or of none that the lock names', node({ version: '1.0.0', integrity: INTEGRITY })],
    [
      'whose optional packages fit the line of Node.js',
      node({ ...A, optional: true, engines: { node: '^20.3.0 || >=22.9.0' } }, OPTIONAL),
    ],
  ])('%s', (_title, files) => {
    expect(whyNotBunOf(files)).toBeUndefined();
  });

  it.each([
    ['no lock', filesOf({ 'package.json': { dependencies: { a: '1.0.0' } } }), 'without package-lock.json'],
    [
      'an old lock',
      filesOf({ 'package.json': {}, 'package-lock.json': { lockfileVersion: 1 } }),
      'lockfileVersion is 1',
    ],
    [
      'a lock that lacks a package',
      node(A, { dependencies: { a: '1.0.0', b: '1.0.0' } }),
      'b is not in package-lock.json',
    ],
    ['a lock of another version', node({ ...A, version: '2.0.0' }), 'a has another version'],
    ['no hash', node({ ...A, integrity: undefined }), 'a has no integrity hash'],
    ['a tarball of elsewhere', node({ ...A, resolved: 'https://host.example/a.tgz' }), 'a comes from no registry'],
    ['a folder of the source', node({ link: true, resolved: 'lib' }), 'a '],
    [
      'what comes inside',
      node({ ...A, inBundle: true }, { bundleDependencies: ['a'] }),
      'a comes inside of another package',
    ],
    ['a shrinkwrap', node(A, {}, { 'npm-shrinkwrap.json': '{}' }), 'npm-shrinkwrap.json'],
    ['the lock of bun', node(A, {}, { 'bun.lock': '{}' }), 'bun.lock'],
    ['the settings of bun', node(A, {}, { 'bunfig.toml': '' }), 'bunfig.toml'],
    ['workspaces', node(A, { workspaces: ['x'] }), 'package.json has workspaces'],
    ['resolutions, which npm does not know', node(A, { resolutions: { a: '1.0.0' } }), 'package.json has resolutions'],
    [
      'an optional package for another Node.js',
      node({ ...A, optional: true, engines: { node: '<20' } }, OPTIONAL),
      'the optional a',
    ],
    ['no JSON', filesOf({ 'package.json': '{' }), 'package.json cannot be read'],
  ])('but not with %s', (_title, files, words) => {
    expect(whyNotBunOf(files)).toContain(words);
  });
});

const HASH = 'a'.repeat(64);
const python = (text: string, more: object = {}): ReadonlyMap<string, Uint8Array> =>
  filesOf({ 'requirements.txt': text, ...more });
const pylock = (packages: string): ReadonlyMap<string, Uint8Array> =>
  filesOf({ 'pylock.toml': `lock-version = "1.0"\ncreated-by = "uv"\n${packages}` });
const wheel = (hash = `sha256 = "${HASH}"`): string =>
  `wheels = [{ url = "https://host.example/a-1.0-py3-none-any.whl", hashes = { ${hash} } }]`;

const AUTO = { asked: false, folder: '/source' };
const ASKED = { ...AUTO, asked: true };

describe('uv may install', () => {
  it('requirements that are all pinned and hashed, those of included files too, and gets a list of its own', () => {
    const files = python(`-r more.txt\na==1.0 \\\n  --hash=sha256:${HASH} # why\n`, {
      'more.txt': `b[x]==2.0 ; python_full_version < '3.13' --hash=sha256:${HASH}\n`,
    });
    expect(listForUv(files, AUTO)).toMatchObject({
      hashed: true,
      complete: false,
      lines: [`b[x]==2.0 ; python_full_version < '3.13' --hash=sha256:${HASH}`, `a==1.0 --hash=sha256:${HASH}`],
    });
  });

  it('the wheels of a pylock.toml, which is complete', () => {
    const files = pylock(`[[packages]]\nname = "a"\nversion = "1.0"\nmarker = "sys_platform == 'linux'"\n${wheel()}\n`);
    const line = `a==1.0 ; sys_platform == 'linux' --hash=sha256:${HASH}`;
    expect(listForUv(files, AUTO)).toMatchObject({ hashed: true, complete: true, lines: [line] });
  });

  it.each([
    ['a requirement without a hash', python('a==1.0\n'), 'requirements.txt:1 has no hash'],
    ['a range', python(`a>=1.0 --hash=sha256:${HASH}\n`), 'is not pinned by =='],
    ['an address', python(`a @ https://host.example/a.whl --hash=sha256:${HASH}\n`), 'comes from no index'],
    ['an index', python(`-i https://host.example\na==1.0 --hash=sha256:${HASH}\n`), 'has the option --index-url'],
    ['constraints', python('-c c.txt\n', { 'c.txt': `a==1.0 --hash=sha256:${HASH}\n` }), 'constraint'],
    ['a variable', python(`a==1.0 --hash=sha256:${HASH}\nb @ https://\${HOST}/b.whl\n`), 'has a variable'],
    [
      'the patch level of Python',
      python(`a==1.0 ; python_full_version < "3.11.3" --hash=sha256:${HASH}\n`),
      'patch level',
    ],
    ['the kernel', python(`a==1.0 ; platform_release > "5" --hash=sha256:${HASH}\n`), 'depends on platform_release'],
    ['the settings of uv', python(`a==1.0 --hash=sha256:${HASH}\n`, { 'uv.toml': '' }), 'uv.toml'],
    [
      'a lock without wheels',
      pylock(
        '[[packages]]\nname = "a"\nversion = "1.0"\nsdist = { url = "https://host.example/a.tar.gz", hashes = { sha256 = "x" } }\n',
      ),
      'a has no wheel',
    ],
    [
      'a lock of a repository',
      pylock('[[packages]]\nname = "a"\nvcs = { type = "git", url = "https://host.example/a", commit-id = "x" }\n'),
      'a comes from no index',
    ],
    [
      'a wheel without a known hash',
      pylock(`[[packages]]\nname = "a"\nversion = "1.0"\n${wheel('md5 = "x"')}\n`),
      'without a hash',
    ],
  ])('but not %s', (_title, files, words) => {
    expect(whyNotUv(files)).toContain(words);
  });
});

describe('uv, asked for by the author, gets', () => {
  it.each([
    ['pins and ranges as they were read', 'A.b[X] == 1.0 , < 2\n', ['A.b[X]==1.0,<2']],
    ['a marker in one line', 'a ;  os_name   ==   "posix"\n', ['a ; os_name == "posix"']],
    [
      'a wheel of the source by its whole address',
      './wheels 1/a-1.0-py3-none-any.whl\n',
      ['a @ file:///source/wheels%201/a-1.0-py3-none-any.whl'],
    ],
    [
      'the hash of an address as a hash',
      `a @ https://host.example/a-1.0-py3-none-any.whl#sha256=${HASH}\n`,
      [`a @ https://host.example/a-1.0-py3-none-any.whl --hash=sha256:${HASH}`],
    ],
  ])('%s', (_title, text, lines) => {
    const answer = listForUv(python(text), ASKED);
    expect('lines' in answer ? answer.lines : undefined).toEqual(lines);
  });
});
