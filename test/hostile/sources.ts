/** Sources whose dependency files are meant to keep a reader busy, as large as they are asked for. */
import type { Language } from '../../src/function/languages.ts';
import { HOSTILE_TEXTS } from './texts.ts';

export type Texts = Readonly<Record<string, string>>;

export interface HostileSource {
  readonly name: string;
  readonly language: Language;
  /** @param bytes of all files together, about */
  readonly texts: (bytes: number) => Texts;
}

const INTEGRITY = `sha512-${'A'.repeat(86)}==`;

const range = (count: number): readonly number[] => Array.from({ length: Math.max(1, Math.floor(count)) }, (_, n) => n);
const record = <Value>(count: number, entry: (n: number) => readonly [string, Value]): Record<string, Value> =>
  Object.fromEntries(range(count).map(entry));
const manifest = (fields: object): Texts => ({
  'package.json': JSON.stringify({ name: 'a', version: '1.0.0', ...fields }),
});
const lock = (fields: object, packages: object): Texts => ({
  ...manifest(fields),
  'package-lock.json': JSON.stringify({
    name: 'a',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'a', version: '1.0.0', ...fields }, ...packages },
  }),
});
const entry = (name: string, more: object = {}): object => ({
  version: '1.0.0',
  resolved: `https://registry.npmjs.org/${name}/-/${name}-1.0.0.tgz`,
  integrity: INTEGRITY,
  ...more,
});

const node = (name: string, texts: HostileSource['texts']): HostileSource => ({ name, language: 'nodejs', texts });
const python = (name: string, texts: HostileSource['texts']): HostileSource => ({ name, language: 'python', texts });

const MANIFESTS: readonly HostileSource[] = [
  node('dependencies that float', (bytes) =>
    manifest({ dependencies: record(bytes / 18, (n) => [`p${n}`, 'latest']) }),
  ),
  node('dependencies with ranges', (bytes) =>
    manifest({ dependencies: record(bytes / 18, (n) => [`p${n}`, `^1.${n}`]) }),
  ),
  node('dependencies with long ranges', (bytes) =>
    manifest({ dependencies: record(bytes / 2000, (n) => [`p${n}`, `>=1.0.${n} <2 || `.repeat(120)]) }),
  ),
  node('a range of many alternatives', (bytes) => manifest({ dependencies: { a: '1||'.repeat(bytes / 3) } })),
  node('dependencies by alias', (bytes) =>
    manifest({ dependencies: record(bytes / 30, (n) => [`p${n}`, `npm:q${n}@latest`]) }),
  ),
  node('dependencies from Git', (bytes) =>
    manifest({ dependencies: record(bytes / 40, (n) => [`p${n}`, `git+https://a:b@h/p${n}.git#v1`]) }),
  ),
  node('names that are not names', (bytes) => manifest({ dependencies: record(bytes / 20, (n) => [` P/${n}`, '1']) })),
  node('the same name again', (bytes) => ({
    'package.json': `{"dependencies":{${'"a":"1",'.repeat(bytes / 8)}"a":"1"}}`,
  })),
  node('groups', (bytes) =>
    manifest(
      Object.fromEntries(
        ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'].map((group) => [
          group,
          record(bytes / 80, (n) => [`p${n}`, '*']),
        ]),
      ),
    ),
  ),
  node('overrides of one name', (bytes) =>
    manifest({
      dependencies: { a: '1.0.0' },
      overrides: record(bytes / 700, (n) => [
        `a@${range(100)
          .map((m) => `1.${n}.${m}`)
          .join('||')}`,
        '1.0.0',
      ]),
    }),
  ),
  node('overrides in overrides', (bytes) => ({
    'package.json': `{"overrides":${'{"a":'.repeat(bytes / 6)}"1"${'}'.repeat(bytes / 6)}}`,
  })),
  node('many overrides', (bytes) =>
    manifest({ dependencies: { a: '1' }, overrides: record(bytes / 40, (n) => [`p${n}`, { [`q${n}`]: '$a' }]) }),
  ),
  node('folders', (bytes) => ({
    ...manifest({ dependencies: record(bytes / 100, (n) => [`p${n}`, `file:./p${n}`]) }),
    ...record(bytes / 100, (n) => [`p${n}/package.json`, `{"dependencies":{"p":"file:../p${n + 1}"}}`]),
  })),
  node('workspaces', (bytes) => manifest({ workspaces: range(bytes / 10).map((n) => `packages/p${n}`) })),
  node('lists in lists', (bytes) => ({
    'package.json': `{"dependencies":${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}}`,
  })),
  node('blanks', (bytes) => ({ 'package.json': `{${' \n'.repeat(bytes / 2)}"dependencies":{"a":"*"}}` })),
  node('escapes', (bytes) => ({ 'package.json': `{"dependencies":{"a":"${'\\u0061'.repeat(bytes / 6)}"}}` })),
];

const LOCKS: readonly HostileSource[] = [
  node('a lock of many packages', (bytes) =>
    lock(
      { dependencies: record(bytes / 420, (n) => [`p${n}`, '1.0.0']) },
      record(bytes / 420, (n) => [`node_modules/p${n}`, entry(`p${n}`)]),
    ),
  ),
  node('a lock that lacks everything', (bytes) =>
    lock({ dependencies: record(bytes / 18, (n) => [`p${n}`, '1.0.0']) }, {}),
  ),
  node('a lock that nothing asks for', (bytes) =>
    lock(
      {},
      record(bytes / 50, (n) => [`node_modules/p${n}`, { version: 'latest' }]),
    ),
  ),
  node('a lock where each asks for all', (bytes) => {
    const count = Math.floor(Math.sqrt(bytes / 30));
    const dependencies = record(count, (n) => [`p${n}`, '>=0.0.1 <9 || 1.0.0']);
    return lock(
      { dependencies: { p0: '1.0.0' } },
      record(count, (n) => [`node_modules/p${n}`, entry(`p${n}`, { dependencies })]),
    );
  }),
  node('a lock of packages in packages', (bytes) => {
    const depth = Math.floor(Math.sqrt(bytes / 10));
    return lock(
      { dependencies: { a: '1.0.0' } },
      Object.fromEntries(
        range(depth).map((n) => [`${'node_modules/a/'.repeat(n)}node_modules/a`, { version: '1.0.0' }]),
      ),
    );
  }),
  node('a chain at the end of a deep path', (bytes) =>
    lock(
      { dependencies: { p0: '1.0.0' } },
      record(bytes / 160, (n) => [
        `node_modules/p${n}`,
        { version: '1.0.0', integrity: INTEGRITY, dependencies: { [`p${n + 1}`]: '^1' } },
      ]),
    ),
  ),
  node('overrides for a lock of one name', (bytes) =>
    lock(
      {
        dependencies: record(bytes / 400, (n) => [`p${n}`, '1.0.0']),
        overrides: record(bytes / 1400, (n) => [
          `a@${range(100)
            .map((m) => `1.${n}.${m}`)
            .join('||')}`,
          '1.0.0',
        ]),
      },
      record(bytes / 400, (n) => [`node_modules/p${n}`, { version: '1.0.0', dependencies: { a: '^1' } }]),
    ),
  ),
  node('links', (bytes) =>
    lock(
      { dependencies: record(bytes / 120, (n) => [`p${n}`, `file:p${n}`]) },
      record(bytes / 120, (n) => [`node_modules/p${n}`, { resolved: `p${n + 1}`, link: true }]),
    ),
  ),
  node('peers', (bytes) =>
    lock(
      { dependencies: record(bytes / 250, (n) => [`p${n}`, '1.0.0']) },
      record(bytes / 250, (n) => [
        `node_modules/p${n}`,
        { version: '1.0.0', peerDependencies: { p0: '*', x: '*' }, peerDependenciesMeta: { x: { optional: true } } },
      ]),
    ),
  ),
  node('integrities', (bytes) =>
    lock(
      { dependencies: { a: '1.0.0' } },
      { 'node_modules/a': entry('a', { integrity: `${INTEGRITY} `.repeat(bytes / 100) }) },
    ),
  ),
  node('an old lock', (bytes) => ({
    ...manifest({ dependencies: { a: '1.0.0' } }),
    'package-lock.json': `{"lockfileVersion":1,"dependencies":${'{"a":{"version":"1.0.0","dependencies":'.repeat(bytes / 42)}{}${'}}'.repeat(bytes / 42)}}`,
  })),
  node('locations spelled oddly', (bytes) =>
    lock(
      {},
      record(bytes / 60, (n) => [`node_modules/${'./'.repeat(n % 20)}p${n}`, { version: '1.0.0' }]),
    ),
  ),
];

const npmrc = (name: string, text: (bytes: number) => string): HostileSource =>
  node(`.npmrc: ${name}`, (bytes) => ({ ...manifest({ dependencies: { a: '1.0.0' } }), '.npmrc': text(bytes) }));

const NPMRCS: readonly HostileSource[] = [
  npmrc('settings', (bytes) =>
    range(bytes / 12)
      .map((n) => `a${n}=b\n`)
      .join(''),
  ),
  npmrc('registries', (bytes) =>
    range(bytes / 40)
      .map((n) => `@a${n}:registry=https://a:b@r${n}.example/\n`)
      .join(''),
  ),
  npmrc('variables', (bytes) => `a=${'${A}'.repeat(bytes / 4)}`),
  npmrc('sections', (bytes) => '['.repeat(bytes)),
  npmrc('comments', (bytes) => `a=${'\\;'.repeat(bytes / 2)}`),
  npmrc('list items', (bytes) => 'a[]=b\n'.repeat(bytes / 6)),
];

const requirements = (name: string, text: (bytes: number) => string): HostileSource =>
  python(`requirements.txt: ${name}`, (bytes) => ({ 'requirements.txt': text(bytes) }));

const REQUIREMENTS: readonly HostileSource[] = [
  requirements('names', (bytes) =>
    range(bytes / 7)
      .map((n) => `p${n}\n`)
      .join(''),
  ),
  requirements('the same name', (bytes) => 'a==1\n'.repeat(bytes / 5)),
  requirements('clauses', (bytes) => `a${'>=1,'.repeat(bytes / 4)}<2`),
  requirements('extras', (bytes) => `a[${'b,'.repeat(bytes / 2)}c]==1`),
  requirements('markers', (bytes) => `a==1 ; ${"os_name == 'a' or ".repeat(bytes / 18)}os_name == 'b'`),
  requirements('parentheses', (bytes) => `a==1 ; ${'('.repeat(bytes / 2)}${')'.repeat(bytes / 2)}`),
  requirements('hashes', (bytes) => `a==1${` --hash=sha256:${'0'.repeat(64)}`.repeat(bytes / 79)}`),
  requirements('lines that go on', (bytes) => 'a==1 \\\n'.repeat(bytes / 7)),
  requirements('comments', (bytes) => ' #\n'.repeat(bytes / 3)),
  requirements('addresses', (bytes) => 'https://a:b@h/'.repeat(bytes / 14)),
  requirements('addresses with names', (bytes) =>
    range(bytes / 30)
      .map((n) => `p${n} @ https://a:b@h/p${n}.whl\n`)
      .join(''),
  ),
  requirements('options', (bytes) => '--index-url https://a:b@h/\n'.repeat(bytes / 27)),
  requirements('includes', (bytes) => '-r requirements.txt\n'.repeat(bytes / 20)),
  requirements('variables', (bytes) => `a @ https://h/${'${A}'.repeat(bytes / 4)}`),
  requirements('versions', (bytes) => `a==1${'.0'.repeat(bytes / 2)}`),
  requirements('quotes', (bytes) => `--find-links ${`"'`.repeat(bytes / 2)}`),
  requirements('wheels', (bytes) => `https://h/${'a-'.repeat(bytes / 2)}.whl`),
  python('requirements.txt: files that include each other', (bytes) => ({
    'requirements.txt': range(bytes / 60)
      .map((n) => `-r r${n}.txt\n`)
      .join(''),
    ...record(bytes / 60, (n) => [`r${n}.txt`, `-r r${n + 1}.txt\n-c r0.txt\np${n}\n`]),
  })),
  python('pyproject.toml: dependencies', (bytes) => ({
    'requirements.txt': '.\n',
    'pyproject.toml': `[project]\nname = "a"\nversion = "1"\ndependencies = [${range(bytes / 12)
      .map((n) => `"p${n}>=1"`)
      .join(',')}]\n`,
  })),
  python('pyproject.toml: dependencies with escapes', (bytes) => ({
    'requirements.txt': '.\n',
    'pyproject.toml': `[project]\nname = "a"\nversion = "1"\ndependencies = [${range(bytes / 14)
      .map((n) => `"\\u0070${n}"`)
      .join(',')}]\n`,
  })),
  python('requirements.txt: constraints of one package', (bytes) => ({
    'requirements.txt': `-c limits.txt\n${range(bytes / 50)
      .map((n) => `p ; python_version > "${n}"\n`)
      .join('')}`,
    'limits.txt': range(bytes / 16)
      .map((n) => `p!=${n}\n`)
      .join(''),
  })),
  python('pyproject.toml: extras of itself', (bytes) => ({
    'requirements.txt': '.[e0]\n',
    'pyproject.toml': `[project]\nname = "a"\nversion = "1"\n[project.optional-dependencies]\n${range(bytes / 24)
      .map((n) => `e${n} = ["a[e${n + 1}]"]`)
      .join('\n')}\n`,
  })),
];

const wheel = (n: number): string =>
  `[[packages]]\nname = "p${n}"\nversion = "1"\nwheels = [{url = "https://files.pythonhosted.org/p${n}-1-py3-none-any.whl", hashes = {sha256 = "${'0'.repeat(64)}"}}]\n`;
const pylock = (name: string, text: (bytes: number) => string): HostileSource =>
  python(`pylock.toml: ${name}`, (bytes) => ({
    'pylock.toml': `lock-version = "1.0"\ncreated-by = "uv"\n${text(bytes)}`,
  }));

const PYLOCKS: readonly HostileSource[] = [
  pylock('packages', (bytes) =>
    range(bytes / 200)
      .map(wheel)
      .join(''),
  ),
  python('pylock.toml: packages that requirements.txt asks for', (bytes) => ({
    'requirements.txt': range(bytes / 220)
      .map((n) => `p${n}==1\n`)
      .join(''),
    'pylock.toml': `lock-version = "1.0"\ncreated-by = "uv"\n${range(bytes / 220)
      .map(wheel)
      .join('')}`,
  })),
  pylock('the same package', (bytes) => wheel(0).repeat(bytes / 200)),
  pylock(
    'markers',
    (bytes) =>
      `[[packages]]\nname = "a"\nversion = "1"\nmarker = "${"os_name == 'a' or ".repeat(bytes / 18)}os_name == 'b'"\n`,
  ),
  pylock('dotted keys', (bytes) => `${'a.'.repeat(bytes / 2)}a = 1\n`),
  pylock('lists in lists', (bytes) => `a = ${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}\n`),
  pylock('tables', (bytes) =>
    range(bytes / 12)
      .map((n) => `[t.a${n}]\n`)
      .join(''),
  ),
  pylock('blanks', (bytes) => `a = 1${' '.repeat(bytes)}x\n`),
  pylock('keys', (bytes) =>
    range(bytes / 8)
      .map((n) => `a${n}=1\n`)
      .join(''),
  ),
  pylock('headers', (bytes) =>
    range(bytes / 8)
      .map((n) => `[a${n}]\n`)
      .join(''),
  ),
  pylock('tables in tables', (bytes) => `a = ${'{a='.repeat(bytes / 3)}`),
  pylock('a long number', (bytes) => `a = ${'9'.repeat(bytes)}\n`),
  pylock('packages in one list', (bytes) => `packages = [${'{},'.repeat(bytes / 3)}]\n`),
  python('pylock.toml: one name in the lock and the requirements', (bytes) => ({
    'requirements.txt': range(bytes / 80)
      .map((n) => `a==1 ; python_version > "${n}"\n`)
      .join(''),
    'pylock.toml': `lock-version = "1.0"\n${range(bytes / 160)
      .map(
        (n) =>
          `[[packages]]\nname = "a"\nversion = "2"\nmarker = "python_version > '${n}'"\narchive = {path = "a.whl"}\n`,
      )
      .join('')}`,
  })),
  python('pylock.toml: one address in the lock and the requirements', (bytes) => ({
    'requirements.txt': range(bytes / 60)
      .map((n) => `a @ https://h/${n}\n`)
      .join(''),
    'pylock.toml': `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "2"\nwheels = [${range(bytes / 60)
      .map((n) => `{url = "https://h/x${n}"}`)
      .join(', ')}]\n`,
  })),
];

/** Each hostile text where a dependency file takes a text. */
const IN_FIELDS: readonly HostileSource[] = HOSTILE_TEXTS.flatMap(({ name, text }) => [
  node(`package.json: a spec ${name}`, (bytes) => manifest({ dependencies: { a: text(bytes) } })),
  node(`package.json: a name ${name}`, (bytes) => manifest({ dependencies: { [text(bytes)]: '1.0.0' } })),
  node(`package.json: an override ${name}`, (bytes) =>
    manifest({ dependencies: { a: '1.0.0' }, overrides: { [`b@${text(bytes / 2)}`]: text(bytes / 2) } }),
  ),
  node(`package-lock.json: an address ${name}`, (bytes) =>
    lock({ dependencies: { a: '1.0.0' } }, { 'node_modules/a': entry('a', { resolved: text(bytes) }) }),
  ),
  node(`package-lock.json: an integrity ${name}`, (bytes) =>
    lock({ dependencies: { a: '1.0.0' } }, { 'node_modules/a': entry('a', { integrity: text(bytes) }) }),
  ),
  node(`package-lock.json: a version ${name}`, (bytes) =>
    lock({ dependencies: { a: '1.0.0' } }, { 'node_modules/a': entry('a', { version: text(bytes) }) }),
  ),
  node(`package-lock.json: a location ${name}`, (bytes) => lock({}, { [`node_modules/${text(bytes)}`]: entry('a') })),
  node(`package-lock.json: an engine ${name}`, (bytes) =>
    lock(
      { optionalDependencies: { a: '1.0.0' } },
      { 'node_modules/a': entry('a', { optional: true, engines: { node: text(bytes) } }) },
    ),
  ),
  npmrc(`a line ${name}`, text),
  npmrc(`a value ${name}`, (bytes) => `registry=${text(bytes)}`),
  requirements(`a line ${name}`, text),
  requirements(`behind a name ${name}`, (bytes) => `a ${text(bytes)}`),
  requirements(`an option ${name}`, (bytes) => `--index-url ${text(bytes)}`),
  requirements(`a marker ${name}`, (bytes) => `a==1 ; ${text(bytes)}`),
  python(`pyproject.toml: ${name}`, (bytes) => ({
    'requirements.txt': '.\n',
    'pyproject.toml': `[project]\nname = "a"\nversion = "1"\ndependencies = [${JSON.stringify(text(bytes))}]\n`,
  })),
  pylock(`a text ${name}`, (bytes) => `[[packages]]\nname = "a"\nversion = ${JSON.stringify(text(bytes))}\n`),
  pylock(`a line ${name}`, text),
]);

export const HOSTILE_SOURCES: readonly HostileSource[] = [
  ...MANIFESTS,
  ...LOCKS,
  ...NPMRCS,
  ...REQUIREMENTS,
  ...PYLOCKS,
  ...IN_FIELDS,
];
