import { describe, expect, it } from 'vitest';
import { judge, NO_LOCK, told, withoutLockFinding } from './source-of.ts';

const own = (contents: Record<string, unknown>): readonly string[] => withoutLockFinding(told(contents));

describe('package.json as a user reads what is wrong with it', () => {
  it('says what floats, where, and what to write', () => {
    expect(own({ 'package.json': { dependencies: { axios: 'latest' } } })).toEqual([
      'no-latest: package.json:3:14: "axios" is "latest", a tag, which points to another version tomorrow; write one version, such as "1.2.3" (npm view axios version shows the newest), or add a package-lock.json ("buildless lock") [dependencies-float]',
    ]);
    expect(own({ 'package.json': { dependencies: { axios: '>=1.4' } } })).toEqual([
      'no-latest: package.json:3:14: "axios" is ">=1.4", which takes the newest version on the day a Pod starts; write one version, such as "1.4.0" (npm view axios version shows the newest), or add a package-lock.json ("buildless lock") [dependencies-float]',
    ]);
    expect(own({ 'package.json': { dependencies: { http: 'npm:axios@^1.7.2' } } })).toEqual([
      'exact: package.json:3:13: "http" is "npm:axios@^1.7.2", a range: Pods take the newest version in it; write one version, such as "npm:axios@1.7.2" (npm view axios version shows the newest), or add a package-lock.json ("buildless lock") [dependencies-float]',
    ]);
    expect(own({ 'package.json': { dependencies: { axios: '>*' } } })).toEqual([
      'no-latest: package.json:3:14: "axios" is ">*", a range that no version is in; write one version, such as "1.2.3" (npm view axios version shows the newest) [dependencies-invalid]',
    ]);
  });

  it('asks for the commit of a repository and for a checksum of an archive', () => {
    const dependencies = {
      a: 'u/r',
      b: 'u/r#main',
      c: 'u/r#0123456',
      d: 'u/r#semver:^1',
      e: 'https://x.example/e.tgz',
    };
    const cure =
      'write "u/r#COMMIT" with the full commit of 40 hexadecimal digits (git ls-remote shows it), or add a package-lock.json ("buildless lock") [dependencies-float]';
    expect(own({ 'package.json': { dependencies } })).toEqual([
      `no-latest: package.json:3:10: "a" is "u/r", a Git repository without a commit, so that the newest one is taken; ${cure}`,
      `no-latest: package.json:4:10: "b" is "u/r#main", a Git repository at the branch or tag "main", which can move; ${cure}`,
      `no-latest: package.json:5:10: "c" is "u/r#0123456", a Git repository at "0123456", which is not a full commit and may be a branch or a tag; ${cure}`,
      `no-latest: package.json:6:10: "d" is "u/r#semver:^1", a Git repository of which the newest tag in the range "^1" is taken; ${cure}`,
      'no-latest: package.json:7:10: "e" is "https://x.example/e.tgz", a URL without a checksum: what is there can change; take the package from a registry, or add a package-lock.json ("buildless lock") [dependencies-float]',
    ]);
  });

  it('warns by default of a credential in an address, without showing it', () => {
    const commit = 'a'.repeat(40);
    const lines = own({
      'package.json': {
        dependencies: {
          a: `git+https://hunter2@github.com/u/r#${commit}`,
          b: `github:u:hunter2@u/r#${commit}`,
          c: `git+ssh://git@github.com/u/r#${commit}`,
          d: `git+https://\${TOKEN}@github.com/u/r#${commit}`,
        },
        devDependencies: { e: 'https://u:hunter2@x.example/e.tgz' },
        overrides: { f: { '.': `git+https://u:hunter2@git.example/f#${commit}` } },
      },
    });
    const [first, ...others] = lines.map((line) => line.replace(commit, 'COMMIT'));
    expect(first).toBe(
      'exact: package.json:3:10: "git+https://***@github.com/u/r#COMMIT" holds a credential, and whoever can read the source can read it; have it replaced, and take the package from a registry, whose credential belongs in .npmrc of a Secret that buildless.dev/registry names [credential-in-source]',
    );
    expect(others.map((line) => line.replace(/ holds a credential.*;.*\[/, ' ['))).toEqual([
      'exact: package.json:4:10: "github:***@u/r#COMMIT" [credential-in-source]',
      'exact: package.json:9:10: "https://***@x.example/e.tgz" [credential-in-source]',
      'exact: package.json:13:12: "git+https://***@git.example/f#COMMIT" [credential-in-source]',
    ]);
  });

  it('shows no credential of an address that it refuses for another reason', () => {
    const findings = judge({
      'package.json': {
        dependencies: {
          a: 'git+https://u:hunter2@git.example/a#main',
          b: 'https://u:hunter2@x.example/b.tgz',
          c: 'gopher://u:hunter2@x.example/c',
          d: 'github:u:hunter2@u/r#semver:^1',
        },
        overrides: { b: 'https://u:hunter2@x.example/b2.tgz' },
      },
      'package-lock.json': {
        lockfileVersion: 3,
        packages: {
          '': {},
          'node_modules/b': { version: '1.0.0', resolved: 'https://u:hunter2@x.example/b/-/b.tgz', integrity: 'none' },
        },
      },
    });
    expect(JSON.stringify(findings)).not.toContain('hunter2');
    const codes = findings
      .filter(({ file }) => file === 'package-lock.json')
      .map(({ code, level }) => `${level} ${code}`);
    expect(codes).toContain('exact credential-in-source');
    expect(codes).toContain('no-latest dependencies-invalid');
  });

  it('refuses paths that are not in the source, and judges the packages in folders that are', () => {
    expect(
      own({
        'package.json': { dependencies: { lib: 'file:lib', out: 'file:../out', gone: 'file:gone', tgz: 'file:x.tgz' } },
        'lib/package.json': { dependencies: { axios: '*', root: 'file:..', self: 'file:.' } },
      }),
    ).toEqual([
      'no-latest: package.json:4:12: "out" is "file:../out", a path outside the source, where a Pod has nothing; copy it into the source, or take the package from a registry [dependencies-invalid]',
      'no-latest: package.json:5:13: "gone" is "file:gone", a folder of the source without a package.json; add gone/package.json, or correct the path [dependencies-invalid]',
      'no-latest: package.json:6:12: "tgz" is "file:x.tgz", a file that is not in the source; add x.tgz, or correct the path [dependencies-invalid]',
      'no-latest: lib/package.json:3:14: "axios" is "*", which takes the newest version on the day a Pod starts; write one version, such as "1.2.3" (npm view axios version shows the newest), or add a package-lock.json ("buildless lock") [dependencies-float]',
      'no-latest: lib/package.json:5:13: "self" is "file:.", the folder that asks for it; remove it, or write the path of another folder [dependencies-invalid]',
    ]);
  });

  it('ends where folders ask for each other', () => {
    const findings = own({
      'package.json': { dependencies: { a: 'file:a' } },
      'a/package.json': { dependencies: { b: 'file:../b' } },
      'b/package.json': { dependencies: { a: 'file:../a', axios: 'next' } },
    });
    expect(findings.map((line) => line.slice(0, 40))).toEqual(['no-latest: b/package.json:4:14: "axios" ']);
  });

  it('names the protocol that npm does not know, and what to write instead', () => {
    expect(own({ 'package.json': { dependencies: { a: 'workspace:*', b: 'link:lib', c: 'catalog:' } } })).toEqual([
      'no-latest: package.json:3:10: "a" is "workspace:*", which npm cannot install: it does not know workspace:; a Function is one package: write a version of the registry, or file:FOLDER for a folder of the source [dependencies-invalid]',
      'no-latest: package.json:4:10: "b" is "link:lib", which npm cannot install: it does not know link:; write file:FOLDER for a folder of the source [dependencies-invalid]',
      'no-latest: package.json:5:10: "c" is "catalog:", which npm cannot install: it does not know catalog:; write here the version that the catalog has [dependencies-invalid]',
    ]);
  });

  it('says what npm cannot read', () => {
    expect(own({ 'package.json': { dependencies: { axios: 'a b', 'two words': '1.0.0' } } })).toEqual([
      'no-latest: package.json:3:14: "axios" is "a b", which npm cannot read: it is neither a version, nor a range, a tag, a URL or a path; write one version, such as "1.2.3" (npm view axios version shows the newest) [dependencies-invalid]',
      'no-latest: package.json:4:5: "two words" is not a package name: name can only contain URL-friendly characters; correct the name, or remove it [dependencies-invalid]',
    ]);
  });

  it('gives line and column of what is not JSON', () => {
    const faults: readonly (readonly [string, string])[] = [
      ['', '1:1: package.json cannot be read: it is not valid JSON: the file ends too early'],
      [
        '{\n  "a": 1,\n}',
        '3:1: package.json cannot be read: it is not valid JSON: a name in double quotes is missing here, and a comma must not stand before "}"',
      ],
      [
        '{\r\n  // no\r\n}',
        '2:3: package.json cannot be read: it is not valid JSON: a comment stands here, and JSON has none',
      ],
      [
        "{\r'a': 1}",
        '2:1: package.json cannot be read: it is not valid JSON: text is in single quotes, but JSON allows only double quotes',
      ],
      ['{"a": "b\n"}', '1:7: package.json cannot be read: it is not valid JSON: a string is not closed on its line'],
      ['{"a" 1}', '1:6: package.json cannot be read: it is not valid JSON: a ":" is missing here'],
      ['{"a": 1 "b": 2}', '1:9: package.json cannot be read: it is not valid JSON: a "," is missing here'],
      [
        '{"a": "\\x"}',
        '1:8: package.json cannot be read: it is not valid JSON: a "\\" stands before a character that needs none',
      ],
      ['{"a": 01}', '1:8: package.json cannot be read: it is not valid JSON: a "," is missing here'],
      ['{"a": [1, 2}', '1:12: package.json cannot be read: it is not valid JSON: a "," is missing here'],
      ['{} {}', '1:4: package.json cannot be read: it is not valid JSON: the file goes on after its end'],
      ['{"a": undefined}', '1:7: package.json cannot be read: it is not valid JSON: "undefined" is not JSON'],
    ];
    for (const [text, says] of faults) {
      expect(told({ 'package.json': text })).toEqual([
        `no-latest: package.json:${says}; correct the JSON [dependencies-invalid]`,
      ]);
    }
    expect(told({ 'package.json': '["axios"]' })).toEqual([
      'no-latest: package.json:1:1: package.json cannot be read: it holds a list where npm expects an object; begin it with "{" [dependencies-invalid]',
    ]);
    expect(own({ 'package.json': { dependencies: { lib: 'file:lib' } }, 'lib/package.json': 'null' })).toEqual([
      'no-latest: lib/package.json:1:1: lib/package.json cannot be read: it holds null where npm expects an object; begin it with "{" [dependencies-invalid]',
    ]);
  });

  it('says where npm expects another type', () => {
    expect(own({ 'package.json': { dependencies: ['axios'], optionalDependencies: { axios: 1 } } })).toEqual([
      'no-latest: package.json:2:19: dependencies is a list where npm expects an object; write { "NAME": "VERSION" } [dependencies-invalid]',
      'no-latest: package.json:6:14: the version of "axios" is a number where npm expects text; write a version in quotes, such as "1.2.3" [dependencies-invalid]',
    ]);
  });

  it('points at the second of two places, of which npm takes the last', () => {
    const text = '{\n  "dependencies": { "a": "1.0.0", "a": "*" },\n  "name": "x", "name": "y"\n}';
    expect(own({ 'package.json': text }).map((line) => line.replace(/; .*/, ''))).toEqual([
      'no-latest: package.json:2:35: "a" stands here a second time, and npm takes the last one only',
      'no-latest: package.json:2:40: "a" is "*", which takes the newest version on the day a Pod starts',
    ]);
  });

  it('refuses workspaces, and what is in devDependencies besides', () => {
    expect(
      own({
        'package.json': {
          workspaces: ['packages/*'],
          dependencies: { axios: '1.7.0' },
          devDependencies: { axios: 'latest', vitest: 'latest' },
        },
      }),
    ).toEqual([
      `no-latest: package.json:2:3: workspaces would install the packages of other folders as well, and a Function is one package; make the Function's folder the source (dir=FOLDER in buildless.dev/source), or name what it needs with file:FOLDER [dependencies-invalid]`,
      'no-latest: package.json:6:5: "axios" is also in devDependencies, and npm leaves it out of an installation without those; remove it from devDependencies [dependencies-invalid]',
    ]);
  });

  it('judges overrides at any depth, with what they refer to', () => {
    const overrides = {
      foo: { '.': '*', bar: { baz: 'latest' } },
      'qux@>=1': { bar: '1.0.0' },
      dev: '$typescript',
      axios: '1.7.1',
      same: '$axios',
      gone: '$nothing',
      wrong: 5,
    };
    const manifest = { dependencies: { axios: '1.7.0' }, devDependencies: { typescript: 'next' }, overrides };
    expect(own({ 'package.json': manifest }).map((line) => line.replace(/; .*/, ''))).toEqual([
      'no-latest: package.json:10:12: the override of "foo" is "*", which takes the newest version on the day a Pod starts',
      'no-latest: package.json:12:16: the override of "baz" is "latest", a tag, which points to another version tomorrow',
      'no-latest: package.json:15:16: the override of "qux" is ">=1", which takes the newest version on the day a Pod starts',
      'no-latest: package.json:18:12: the override of "dev" is "$typescript" ("next"), a tag, which points to another version tomorrow',
      'no-latest: package.json:19:14: the override of "axios" is "1.7.1", and the package itself is asked for as "1.7.0", which npm refuses (EOVERRIDE)',
      'no-latest: package.json:21:13: the override of "gone" is "$nothing", and package.json has no "nothing"',
      'no-latest: package.json:22:14: the override of "wrong" is a number',
    ]);
  });
});

describe('package.json as npm reads it', () => {
  it('takes a byte order mark and Windows line ends', () => {
    const text = '\uFEFF{\r\n  "dependencies": {\r\n    "axios": "*"\r\n  }\r\n}\r\n';
    expect(judge({ 'package.json': text })).toContainEqual(
      expect.objectContaining({ package: 'axios', line: 3, column: 14 }),
    );
  });

  it('lets the stronger group win, and leaves out optional peers', () => {
    expect(
      own({
        'package.json': {
          dependencies: { a: '1.0.0', b: '*' },
          optionalDependencies: { b: '1.0.0' },
          peerDependencies: { a: '*', c: '*', d: '*' },
          peerDependenciesMeta: { c: { optional: true } },
          devDependencies: { d: 'latest' },
        },
      }),
    ).toEqual([]);
  });

  it('has nothing against scripts of the package itself, as they are not run unless that is allowed', () => {
    const scripts = { preinstall: 'x', install: 'x', postinstall: 'npm i axios@latest', prepare: 'husky' };
    expect(own({ 'package.json': { scripts, dependencies: { axios: '1.7.0' } } })).toEqual([]);
  });

  it('asks for a lock only where something is installed', () => {
    expect(told({ 'handler.js': '' })).toEqual([]);
    expect(told({ 'package.json': { type: 'module', devDependencies: { vitest: '*' } } })).toEqual([]);
    expect(told({ 'package.json': { dependencies: { axios: '1.7.0' } } })).toEqual([NO_LOCK]);
  });

  it('takes "constructor" for a name like any other, and "__proto__" for none', () => {
    const dependencies = '{ "constructor": "1.0.0", "toString": "*", "__proto__": "*" }';
    expect(own({ 'package.json': `{ "dependencies": ${dependencies} }` }).map((line) => line.slice(0, 75))).toEqual([
      'no-latest: package.json:1:57: "toString" is "*", which takes the newest ver',
      'no-latest: package.json:1:62: "__proto__" is not a package name: name canno',
    ]);
  });
});
