import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRequirements } from '../../../src/dependencies/python/format/decode.ts';
import { logicalLines } from '../../../src/dependencies/python/format/logical-lines.ts';
import { treeOf } from '../../../src/dependencies/python/format/paths.ts';
import { readRequirements } from '../../../src/dependencies/python/requirements.ts';
import { PipOracle } from './pip-oracle.ts';
import { judge, sourceOf } from './sources.ts';
import { BESIDE, SPECS } from './specs.ts';

let pip: PipOracle;
let answers: ReadonlyMap<string, FileAnswer>;
beforeAll(async () => {
  pip = new PipOracle();
  const told = await pip.ask<FileAnswer>(Object.values(FILES).map(askFile));
  answers = new Map(Object.keys(FILES).map((title, index) => [title, told[index] ?? {}]));
});
afterAll(() => {
  pip.close();
});

interface FileAnswer {
  readonly error?: string;
  readonly requirements?: readonly {
    readonly text: string;
    readonly editable: boolean;
    readonly constraint: boolean;
    readonly file: string;
    readonly line: number;
    readonly hashes: readonly string[];
    readonly marker: boolean;
  }[];
  readonly indexes?: readonly string[];
  readonly findLinks?: readonly string[];
  readonly hosts?: readonly string[];
}
type Files = Readonly<Record<string, string | Uint8Array>>;

const bytesOf = (content: string | Uint8Array): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);

const askFile = (files: Files): object => ({
  ask: 'file',
  files: Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, bytesOf(content).toString('base64')]),
  ),
});

/** Where pip stops, as far as the files alone show it. */
const isRefused = (files: Files): boolean => {
  const { includes, variables } = readRequirements(treeOf(sourceOf(files)), 'requirements.txt');
  return includes.length + variables.length > 0 || judge(files).some(({ code }) => code === 'dependencies-invalid');
};

/** Our reading in the words of pip's. */
function ours(files: Files): unknown {
  if (isRefused(files)) return 'refused';
  const { requirements, options } = readRequirements(treeOf(sourceOf(files)), 'requirements.txt');
  const valuesOf = (name: string): readonly string[] =>
    options.filter((option) => option.name === name).map(({ value }) => value);
  return {
    requirements: requirements.map(({ text, editable, constraint, file, line, hashes, marker }) => ({
      text,
      editable,
      constraint,
      file,
      line,
      hashes: [...hashes].sort(),
      marker: marker !== '',
    })),
    indexes: options.some(({ name }) => name === 'no-index')
      ? []
      : [valuesOf('index-url').at(-1) ?? 'https://pypi.org/simple', ...valuesOf('extra-index-url')],
    findLinks: valuesOf('find-links'),
    hosts: valuesOf('trusted-host'),
  };
}

const requirementsOf = (read: unknown): unknown =>
  typeof read === 'object' && read !== null && 'requirements' in read ? read.requirements : read;

function theirs({ error, requirements, indexes, findLinks, hosts }: FileAnswer): unknown {
  if (error !== undefined || requirements === undefined) return 'refused';
  return { requirements: requirements.map((one) => ({ ...one, text: one.text.trim() })), indexes, findLinks, hosts };
}

const HASH = `sha256:${'a'.repeat(64)}`;
const utf16 = (text: string): Uint8Array => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const utf16be = (text: string): Uint8Array =>
  Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]);
const utf32 = (text: string): Uint8Array =>
  Buffer.from(
    [0xfeff, ...[...text].map((character) => character.codePointAt(0) ?? 0)].flatMap((point) => [
      point & 255,
      point >> 8,
      point >> 16,
      0,
    ]),
  );

const FILES: Readonly<Record<string, Files>> = {
  'an empty file': { 'requirements.txt': '' },
  'comments and empty lines': { 'requirements.txt': '\n# a\n  # b\nidna==3.10 # c\n\n  \nsix==1.0#d\n' },
  'Windows line ends': { 'requirements.txt': 'idna==3.10\r\nsix==1.0\r\n' },
  'line ends of old Macs and of Unicode': { 'requirements.txt': 'a==1\rb==2\u2028c==3\x85d==4\x0ce==5\x1cf==6' },
  'a hash on a continued line': {
    'requirements.txt': `idna==3.10 \\\n    --hash=${HASH} \\\n    --hash=${HASH}\nsix==1.0\n`,
  },
  'a version over two lines': { 'requirements.txt': 'idna==3.\\\n10\nsix==1.0\n' },
  'a comment that ends a continuation': { 'requirements.txt': 'idna==3.10 \\\n# a comment \\\nsix==1.0\n' },
  'a backslash at the end': { 'requirements.txt': 'idna==3.10\\' },
  'two backslashes': { 'requirements.txt': 'idna==3.10\\\\\n ; python_version > "3"\n' },
  'a backslash before a space': { 'requirements.txt': 'idna==3.10 \\ \nsix==1.0\n' },
  'a continued comment': { 'requirements.txt': '# idna \\\nsix==1.0\n' },
  'a comment behind a tab': { 'requirements.txt': 'idna==3.10\t# c\n' },
  'a tab before an option': { 'requirements.txt': `idna==3.10\t--hash=${HASH}\n` },
  'every option': {
    'requirements.txt': [
      '-i https://a.example/simple',
      '--extra-index-url=https://b.example/simple --extra-index-url https://c.example/simple',
      '--find-links wheels',
      '--trusted-host b.example',
      '--pre --prefer-binary',
      '--no-binary :all: --only-binary=idna',
      '--require-hashes',
      '--use-feature=fast-deps',
      `idna==3.10 --hash=${HASH} --config-settings k=v`,
    ].join('\n'),
    'wheels/x': '',
  },
  'short options': {
    'requirements.txt': '-ihttps://a.example/simple\n-fwheels\n-rmore.txt\n',
    'more.txt': 'idna\n',
    'wheels/x': '',
  },
  'quotes in options': {
    'requirements.txt': '--index-url "https://a.example/simple"\n--trusted-host \'b.example\'\n-r "m o.txt"\n',
    'm o.txt': 'idna',
  },
  'an unknown option': { 'requirements.txt': 'idna==3.10 --nothing\n' },
  'an option that could be several': { 'requirements.txt': '--no\n' },
  'words behind an option': { 'requirements.txt': `idna==3.10 --hash=${HASH} six\n` },
  'a marker and options': { 'requirements.txt': `idna==3.10 ; python_version > "3" --hash=${HASH}\n` },
  'a hash without a requirement': { 'requirements.txt': `--hash=${HASH}\n` },
  'includes in folders': {
    'requirements.txt': '-r sub/more.txt\n-c limits.txt\nidna\n',
    'sub/more.txt': '-r deeper/most.txt\n-r ../base.txt\n',
    'sub/deeper/most.txt': 'six==1.0\n',
    'base.txt': 'attrs>=1\n',
    'limits.txt': 'idna==3.10\n',
  },
  'requirements included by constraints': {
    'requirements.txt': '-c limits.txt\n',
    'limits.txt': 'idna<4\n-r more.txt\n',
    'more.txt': 'six\n',
  },
  'an include that is missing': { 'requirements.txt': '-r none.txt\n' },
  'files that include each other': {
    'requirements.txt': '-r a.txt\n',
    'a.txt': '-r sub/b.txt',
    'sub/b.txt': '-r ../a.txt',
  },
  'an include beside a requirement': { 'requirements.txt': 'idna==3.10 -r none.txt\n' },
  'an editable project': { 'requirements.txt': '-e ./lib\n-e git+https://git.example/pkg@main#egg=pkg\n', ...BESIDE },
  'a project and a wheel': { 'requirements.txt': './lib\nwheels/own-1.0-py3-none-any.whl\n', ...BESIDE },
  'a project with extras': { 'requirements.txt': './lib[dev]\n', ...BESIDE },
  'a folder that is no project': { 'requirements.txt': './wheels\n', ...BESIDE },
  'paths from an included file': { 'requirements.txt': '-r sub/more.txt\n', 'sub/more.txt': './lib\n', ...BESIDE },
  'a URL with a semicolon': { 'requirements.txt': 'https://files.example/a;b.whl\n' },
  'a byte order mark': { 'requirements.txt': '\ufeffidna==3.10\n' },
  'UTF-16': { 'requirements.txt': utf16('idna==3.10 # é\nsix==1.0\n') },
  'UTF-16, the other way': { 'requirements.txt': utf16be('idna==3.10\n') },
  'UTF-32': { 'requirements.txt': utf32('idna==3.10\n') },
  'half a character of UTF-16': { 'requirements.txt': Buffer.concat([utf16('idna==3.10\n'), Buffer.from([0])]) },
  'Latin-1 as declared': {
    'requirements.txt': Buffer.from('# -*- coding: latin-1 -*-\nidna==3.10 # \xe9\n', 'latin1'),
  },
  'Latin-1 on the second line': {
    'requirements.txt': Buffer.from('# x\n# coding=iso-8859-1\nidna==3.10 # \xe9\n', 'latin1'),
  },
  'Latin-1 on the third line': {
    'requirements.txt': Buffer.from('# x\n# y\n# coding=latin-1\nidna==3.10 # \xe9\n', 'latin1'),
  },
  'Windows-1252 as declared': { 'requirements.txt': Buffer.from('# coding: cp1252\nidna==3.10 # \x80\n', 'latin1') },
  'ASCII as declared, but is not': {
    'requirements.txt': Buffer.from('# coding: ascii\nidna==3.10 # \xe9\n', 'latin1'),
  },
  'an encoding that does not exist': { 'requirements.txt': '# coding: nothing\nidna==3.10\n' },
  'Latin-1 with a line end of Unicode': {
    'requirements.txt': Buffer.from('# coding: latin-1\nidna==3.10 # \xe9\x85six==1.0\n', 'latin1'),
  },
  'a coding line behind a byte order mark': { 'requirements.txt': '\ufeff# coding: latin-1\nidna==3.10 # é\n' },
  'a coding line behind a space': { 'requirements.txt': Buffer.from(' # coding: latin-1\nidna # \xe9\n', 'latin1') },
  'a coding line of an old Mac': { 'requirements.txt': Buffer.from('# x\r# coding: latin-1\ridna # \xe9', 'latin1') },
  'a coding line behind a requirement': {
    'requirements.txt': Buffer.from('idna==3.10\n# vim: set fileencoding=latin_1 :\nsix==1.0 # \xe9\n', 'latin1'),
  },
  'UTF-8 as declared': { 'requirements.txt': '# -*- coding: UTF-8 -*-\nidna==3.10 # é\n' },
  'UTF-16 as declared, without a mark': {
    'requirements.txt': Buffer.concat([Buffer.from('# coding: utf-16-le\n'), Buffer.from('idna', 'utf16le')]),
  },
  'UTF-16 without a mark': { 'requirements.txt': Buffer.from('idna==3.10\n', 'utf16le') },
  'UTF-32, the other way': { 'requirements.txt': Buffer.from('0000feff000000690000006400000000', 'hex') },
  'two byte order marks': { 'requirements.txt': '\ufeff\ufeffidna==3.10\n' },
  'a zero byte': { 'requirements.txt': 'idna==3.10\0\n' },
  'a lone half of a pair in UTF-16': { 'requirements.txt': utf16('idna # \ud800\n') },
  'an included file in another encoding': { 'requirements.txt': '-r more.txt\n', 'more.txt': utf16('idna==3.10\n') },
  'a variable that is not set': { 'requirements.txt': 'idna==${NONE}\n' },
  'a variable in lower case': { 'requirements.txt': 'idna==3.10 ; python_version > "${none}"\n' },
  'a comment inside of a continuation': {
    'requirements.txt': `idna==3.10 \\\n# why \\\n  --hash=${HASH}\nsix==1.0\n`,
  },
  'a comment behind a continued part': { 'requirements.txt': `idna==3.10 \\\n  --hash=${HASH} # why \\\n six\n` },
  'an empty line inside of a continuation': { 'requirements.txt': `idna==3.10 \\\n\n  --hash=${HASH}\n` },
  'a continued option': { 'requirements.txt': '--index-\\\nurl https://a.example/simple\nidna\n' },
  'a continued include': { 'requirements.txt': '-r \\\n  more.txt\n', 'more.txt': 'idna==3.10\n' },
  'the options of an index': {
    'requirements.txt': '--no-index\n--find-links wheels\nidna==3.10\n--index-url https://a.example/simple\n',
    'wheels/x': '',
  },
  'an index before --no-index': { 'requirements.txt': '-i https://a.example/s\n--no-index\nidna\n' },
  'options that pip takes of nobody': { 'requirements.txt': '--process-dependency-links\nidna\n' },
  'a proxy': { 'requirements.txt': '--proxy http://proxy.example\nidna\n' },
  'an option of pip alone': { 'requirements.txt': '--no-deps\nidna\n' },
  'only wheels': { 'requirements.txt': '--only-binary :all:\n--prefer-binary\nidna\n' },
  'both kinds of files': { 'requirements.txt': '--only-binary idna --no-binary six\nidna\nsix\n' },
  'settings of a build': { 'requirements.txt': 'idna -C a=b -Cc=d --config-setting e=f --config-settings=g=h\n' },
  'a setting without a key': { 'requirements.txt': 'idna --config-settings ==\n' },
  'a setting of an editable': { 'requirements.txt': '-e ./lib -C k=v\n', ...BESIDE },
  'a file that includes itself': { 'requirements.txt': 'idna\n-r ./requirements.txt\n' },
  'a constraint that includes its reader': {
    'requirements.txt': '-c limits.txt\n',
    'limits.txt': '-r requirements.txt',
  },
  'a file that is included as both': { 'requirements.txt': '-r a.txt\n-c a.txt\n', 'a.txt': 'idna==3.10\n' },
  'a folder that is included': { 'requirements.txt': '-r lib\n', ...BESIDE },
  'an include with a space at its end': { 'requirements.txt': '-r "more.txt "\n', 'more.txt': 'idna' },
  'hashes of several kinds': {
    'requirements.txt': `idna==3.10 --hash=${HASH} --hash sha512:${'b'.repeat(128)} --hash=sha384:${'C'.repeat(96)}\n`,
  },
  'a hash that pip does not trust': { 'requirements.txt': `idna==3.10 --hash=md5:${'a'.repeat(32)}\n` },
  'a hash without a colon': { 'requirements.txt': 'idna==3.10 --hash=sha256\n' },
  'invalid UTF-8': { 'requirements.txt': Buffer.from('idna==3.10 # \xe9\n', 'latin1') },
};

describe("pip's reader of requirements files", () => {
  it.each(Object.keys(FILES))('agrees on %s', (title) => {
    const files = FILES[title] ?? {};
    const answer = answers.get(title) ?? {};
    expect(ours(files), answer.error).toEqual(theirs(answer));
  });

  it('refuses a line of the table exactly where the policy calls it invalid, with the exceptions named here', async () => {
    // Stricter than pip, which would fail later: a hash of the wrong length matches no file.
    const later = [/--hash=sha256:a{63}$/, /@ pkg\.zip$/, /gopher:/, /git.example\/pkg@$/, /^requests@/];
    // pip reads these from the network or from the disk; the policy refuses them for another reason.
    const elsewhere = [/^-[rc] (?:https|\/)/, /\$\{/, /own-1.0-py3-none-any.whl$/, /none-1.0/, /file:\/\//];
    // pip 26 has given it up; images with pip 24 have it.
    const older = [/--global-option/];
    const lines = SPECS.map(({ line }) => line).filter(
      (line) => ![...later, ...elsewhere, ...older].some((pattern) => pattern.test(line)),
    );
    const sources = lines.map((line) => ({ ...BESIDE, 'requirements.txt': `${line}\n` }));
    const told = await pip.ask<FileAnswer>(sources.map(askFile));

    const mine = sources.map((files, index) => ({ line: lines[index], refused: isRefused(files) }));
    expect(mine).toEqual(
      told.map(({ error }, index) => ({
        line: lines[index],
        refused: error !== undefined,
      })),
    );
  });

  it('joins lines and drops comments alike in generated text', async () => {
    const piece = fc.constantFrom(
      'a',
      '==1',
      ' ',
      '\t',
      '#',
      '\\',
      '\n',
      '\r\n',
      '\r',
      '\\\n',
      ' #',
      '\u2028',
      '\x1d',
      '\xa0',
      '"',
    );
    const texts = fc.sample(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      { numRuns: 8000, seed: 1 },
    );
    const answers = await pip.ask<readonly (readonly [number, string])[]>(
      texts.map((text) => ({ ask: 'lines', text })),
    );
    const mine = texts.map((text) => [...logicalLines(text)].map((line) => line.text));
    expect(mine.map((lines, index) => ({ text: texts[index], lines }))).toEqual(
      answers.map((lines, index) => ({ text: texts[index], lines: lines.map(([, line]) => line) })),
    );
  });

  it('takes the place of every character from the file, also behind a backslash', () => {
    const text = `# c\r\nidna==3.10 \\\r\n    --hash=${HASH}\n`;
    const [line] = logicalLines(text);
    expect(line?.placeOf(0)).toEqual({ line: 2, column: 1 });
    expect(line?.placeOf(line.text.indexOf('--hash'))).toEqual({ line: 3, column: 5 });
  });

  it('reads options and words alike in generated lines', async () => {
    const word = fc.constantFrom(
      '-r',
      '-c',
      'more.txt',
      '--pre',
      '-i',
      'https://a.example/s',
      "'q q'",
      '"q\\"',
      'a\\ b',
      '--',
      '-',
      '--index-url=x',
      '--ind',
      'y',
      '-e',
      './lib',
      `--hash=${HASH}`,
      '--hash',
      'idna==1',
      '--no-index',
      '--trusted',
      'h',
      '--find-links=wheels',
      '--extra-index-url',
      '"',
    );
    const lines = fc.sample(
      fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' ')),
      { numRuns: 600, seed: 3 },
    );
    const sources = lines.map((line) => ({ ...BESIDE, 'more.txt': 'six==1.0\n', 'requirements.txt': `${line}\n` }));
    const told = await pip.ask<FileAnswer>(sources.map(askFile));
    for (const [index, files] of sources.entries()) {
      const line = lines[index] ?? '';
      // Refused on purpose where pip silently ignores what the author wrote: a second include on a line.
      if (isRefused(files) && /(?:-r|-c).*(?:-r|-c)/.test(line)) continue;
      // And an address with characters that other programs read otherwise, a space among them.
      if (isRefused(files) && /:\/\/.*[ "\\]/.test(line)) continue;
      // The policy judges options that pip ignores beside a requirement, so only requirements are compared.
      expect({ line, read: requirementsOf(ours(files)) }).toEqual({
        line,
        read: requirementsOf(theirs(told[index] ?? {})),
      });
    }
  });

  it('decodes no file that pip could not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoded = decodeRequirements(bytes);
        expect('text' in decoded ? typeof decoded.text : decoded.problem).toBeTruthy();
      }),
    );
  });
});
