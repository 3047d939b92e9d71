import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UPDATES } from '../../src/updates/languages.ts';
import type { Direct, Pin } from '../../src/updates/pin.ts';
import type { Language } from '../../src/function/languages.ts';
import type { SourceFiles } from '../../src/function/files.ts';

const sourceOf = (files: Readonly<Record<string, string>>): SourceFiles =>
  new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)]));
const directOf = (language: Language, files: Readonly<Record<string, string>>): Direct =>
  UPDATES.of(language).directOf(sourceOf(files));
const shown = ({ pins, unpinned }: Direct): readonly string[] => [
  ...pins.map(({ file, line, name, kind, version }) => `${file}:${line} ${kind} ${name} ${version}`),
  ...unpinned.map(({ file, line, name, spec, reason }) => `${file}:${line} ${name} (${spec}): ${reason}`),
];

/** The text of a file after one pin has moved to 9.8.7. */
function moved(language: Language, files: Readonly<Record<string, string>>, name: string): string | undefined {
  const pin = directOf(language, files).pins.find((each) => each.name === name);
  const content = pin?.moved(sourceOf(files), '9.8.7')?.get(pin.file);
  return content === undefined ? undefined : Buffer.from(content).toString();
}

describe('pins of package.json', () => {
  it('are the versions of every group and of every folder, also behind an alias, and nothing else', () => {
    const files = {
      'package.json': `{
  "dependencies": { "a": "1.0.0", "b": "^1.0.0", "c": "latest", "d": "file:lib", "@s/e": "=1.0.0",
    "f": "npm:@s/g@v1.0.0", "h": "github:x/y#${'a'.repeat(40)}", "i": "npm:j@1" },
  "devDependencies": { "k": "2.0.0-beta.1" },
  "optionalDependencies": { "l": "1.0.0" }, "peerDependencies": { "m": "1.0.0" }
}`,
      'lib/package.json': '{ "dependencies": { "n": "1.0.0" } }',
    };
    expect(shown(directOf('nodejs', files))).toEqual([
      'package.json:5 peerDependencies m 1.0.0',
      'package.json:2 dependencies a 1.0.0',
      'package.json:2 dependencies @s/e 1.0.0',
      'package.json:3 dependencies @s/g 1.0.0',
      'package.json:5 optionalDependencies l 1.0.0',
      'package.json:4 devDependencies k 2.0.0-beta.1',
      'lib/package.json:1 dependencies n 1.0.0',
      'package.json:2 b (^1.0.0): it is a range',
      'package.json:2 c (latest): it is a tag',
      'package.json:3 j (npm:j@1): it is a range',
    ]);
  });

  it.each([
    [
      'odd spacing and another string alike',
      '{"x":"1.0.0",\r\n\t"dependencies" : {  "a":\t"1.0.0" ,"b":"1.0.0"}}\r\n',
      1,
    ],
    ['a byte order mark and no last line end', '\uFEFF{ "dependencies": { "a": "1.0.0" } }', 0],
    ['escapes', String.raw`{ "d\u0065pendencies": { "\u0061": "1.0.0" }, "description": "\"a\": \"1.0.0\"" }`, 0],
    ['an alias', '{ "dependencies": { "z": "npm:a@1.0.0" } }', 0],
    ['a prefix', '{ "dependencies": { "a": "v1.0.0" } }', 0],
  ])('change nothing but the version in a file with %s', (_, text, occurrence) => {
    const parts = text.split('1.0.0');
    const at = occurrence + 1;
    const wanted = `${parts.slice(0, at).join('1.0.0')}9.8.7${parts.slice(at).join('1.0.0')}`;
    expect(moved('nodejs', { 'package.json': text }, 'a')).toBe(wanted);
  });

  it('are not moved if a name is in the file twice in a way that the edit would not reach', () => {
    const text = '{ "dependencies": { "a": "1.0.0" }, "dependencies": { "a": "2.0.0" } }';
    expect(moved('nodejs', { 'package.json': text }, 'a')).toBe(text.replace('2.0.0', '9.8.7'));
  });
});

describe('pins of requirements.txt', () => {
  it('are the versions of it, of what it includes, of constraints and of projects, and nothing else', () => {
    const files = {
      'requirements.txt': `# tools
-r more/base.txt
-c limits.txt
A[x] == 1.0  # why
b==1.0 ; python_version < "3.9"
c>=1,<2
d
e==1.*
f==1.0+cpu
g==1.0 --hash=sha256:${'a'.repeat(64)}
h @ https://example.com/h-1.0-py3-none-any.whl
-e ./lib
`,
      'more/base.txt': 'i==1.0\n',
      'limits.txt': 'j==1.0\n',
      'lib/pyproject.toml': '[project]\nname = "lib"\ndependencies = [\n  "k==1.0",\n]\n',
    };
    expect(shown(directOf('python', files))).toEqual([
      'more/base.txt:1 requirements i 1.0',
      'limits.txt:1 constraints j 1.0',
      'requirements.txt:4 requirements A 1.0',
      'requirements.txt:5 requirements b 1.0',
      'lib/pyproject.toml:4 project k 1.0',
      'requirements.txt:6 c (c>=1,<2): it is a range',
      'requirements.txt:7 d (d): it names no version',
      'requirements.txt:8 e (e==1.*): it is a range',
      'requirements.txt:9 f (f==1.0+cpu): it is a local version',
      'requirements.txt:10 g (g==1.0): its hashes belong to this version: update it with the tool that wrote them',
    ]);
    expect(moved('python', files, 'k')).toBe(files['lib/pyproject.toml'].replace('1.0', '9.8.7'));
    expect(moved('python', files, 'j')).toBe('j==9.8.7\n');
  });

  it.each([
    [
      'comments, markers and Windows line ends',
      '# a==1.0\r\n\r\n  a == 1.0 ; python_version>="3.8"  # a==1.0\r\nb==1.0\r\n',
      1,
    ],
    ['extras and no last line end', 'b==1.0\na[x,y]==1.0', 1],
    ['a byte order mark', '\uFEFFa==1.0\n', 0],
    ['a joined line', 'a \\\n  ==1.0\n', 0],
    ['other line ends of Python', '# x\u2028a==1.0\f\n', 0],
  ])('change nothing but the version in a file with %s', (_, text, occurrence) => {
    const parts = text.split('1.0');
    const at = occurrence + 1;
    const wanted = `${parts.slice(0, at).join('1.0')}9.8.7${parts.slice(at).join('1.0')}`;
    expect(moved('python', { 'requirements.txt': text }, 'a')).toBe(wanted);
  });

  it('are left alone if the file would have to be written again', () => {
    expect(moved('python', { 'requirements.txt': 'a==1.\\\n0\n' }, 'a')).toBeUndefined();
    const [pin] = UPDATES.of('python').directOf(new Map([['requirements.txt', utf16('a==1.0\n')]])).pins;
    expect(pin?.moved(new Map([['requirements.txt', utf16('a==1.0\n')]]), '2.0')).toBeUndefined();
  });

  const utf16 = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, 'utf16le');
});

it('moves several pins of one file one after the other, whatever the file looks like', () => {
  const name = fc.constantFrom('aa', 'bb', 'cc', 'dd');
  const space = fc.constantFrom('', ' ', '\t');
  const line = fc.record({ name, space, comment: fc.constantFrom('', '  # aa==1.0', ' ; python_version > "3.8"') });
  fc.assert(
    fc.property(fc.uniqueArray(line, { selector: (each) => each.name, minLength: 1 }), (lines) => {
      const write = (version: string): string =>
        lines.map(({ name: each, space: gap, comment }) => `${each}${gap}==${gap}${version}${comment}\n`).join('');
      const text = write('1.0');
      const pins: readonly Pin[] = directOf('python', { 'requirements.txt': text }).pins;
      const start: SourceFiles | undefined = sourceOf({ 'requirements.txt': text });
      const after = pins.reduce<SourceFiles | undefined>((files, pin) => files && pin.moved(files, '2.0.1'), start);
      expect(Buffer.from(after?.get('requirements.txt') ?? []).toString()).toBe(write('2.0.1'));
    }),
    { numRuns: 50 },
  );
});
