import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PipOracle } from './pip-oracle.ts';

let pip: PipOracle;
beforeAll(() => {
  pip = new PipOracle();
});
afterAll(() => {
  pip.close();
});

interface Answer {
  readonly error?: string;
  readonly pip?: boolean;
  readonly installer?: boolean;
  readonly counts?: readonly number[];
}

/** What lies beside requirements.txt. */
const BESIDE = {
  'setup.py': '',
  'lib/setup.py': '',
  'lib/x.whl/setup.py': '',
  'own.tar.gz': '',
  'own.tlz': '',
  'lib /own.tar.gz': '',
  'wheels/own-1.0-py3-none-any.whl': '',
  'more.txt': 'six==1.0\n',
  'built.txt': './lib\n',
};

const ask = async (requirements: readonly (string | Uint8Array)[]): Promise<readonly Answer[]> =>
  await pip.ask<Answer>(
    requirements.map((content) => ({
      ask: 'built',
      files: Object.fromEntries(
        Object.entries({ ...BESIDE, 'requirements.txt': content }).map(([name, file]) => [
          name,
          Buffer.from(file).toString('base64'),
        ]),
      ),
    })),
  );

const ARCHIVE = 'pkg @ https://files.example/pkg-1.tar.gz';
const WHEEL = 'pkg @ https://files.example/pkg-1-py3-none-any.whl';

describe('what the installer refuses to build without the permission to run scripts', () => {
  it.each<readonly [string, string | Uint8Array]>([
    ['the source itself', '.'],
    ['the same with an extra', '.[dev]'],
    ['an editable one', '-e ./lib'],
    ['an archive', ARCHIVE],
    ['with a setting of the build', `${ARCHIVE} --config-settings k=v`],
    ['the same, short', `${ARCHIVE} -Ck=v`],
    ['with an option of pip 26', `${ARCHIVE} --no-require-hashes`],
    ['an archive that an older tar made', 'own.tlz'],
    ['an archive with an extra named as a wheel', 'own.tar.gz[a.whl]'],
    ['an archive in a folder with a space', 'lib /own.tar.gz'],
    ['a wheel by its name in capitals', WHEEL.replace('.whl', '.WHL')],
    ['a repository named as a wheel', WHEEL.replace('https', 'git+https')],
    ['an archive over two lines', `${WHEEL}\\\n.tar.gz`],
    ['one behind a line end of Latin-1', Buffer.from(`# coding: latin-1\nidna==3.10 # \x85${ARCHIVE}`, 'latin1')],
    ['one behind a line end of UTF-7', `# coding: utf-7\nidna==3.10 # +AAo-${ARCHIVE}`],
    ['one in UTF-16', Buffer.from(`\ufeff${ARCHIVE}`, 'utf16le')],
    ['one in an included file', '-r built.txt'],
  ])('is %s', async (_title, content) => {
    expect(await ask([content])).toMatchObject([{ pip: true, installer: true }]);
  });

  it.each([
    ['a wheel', WHEEL],
    ['a wheel of the source with an extra', './wheels/own-1.0-py3-none-any.whl[dev]'],
    ['a package of an index', 'idna==3.10 ; python_version > "3" # ./lib'],
  ])('is not %s', async (_title, content) => {
    expect(await ask([content])).toMatchObject([{ pip: false, installer: false }]);
  });

  it('is all that pip would build, in generated lines', async () => {
    const piece = fc.constantFrom(
      ...[
        'idna',
        '==1',
        ' ',
        '\t',
        '\n',
        '\\\n',
        '\\',
        ' #',
        '#',
        '; ',
        ';',
        'python_version>"3"',
        '"',
        '[a]',
        '[a.whl]',
      ],
      ...[
        '.',
        './',
        '/',
        'lib',
        'lib ',
        'own.tar.gz',
        'own.tlz',
        'wheels/own-1.0-py3-none-any.whl',
        '.whl',
        'pkg @ ',
        'pkg@',
      ],
      ...[
        'https://e.example/',
        'git+https://e.example/r',
        'pkg-1.tar.gz',
        'pkg-1-py3-none-any.whl',
        '?',
        '\x85',
        '\u2028',
      ],
      ...['-e ', ' -C k=v', ' --pre', '--no-binary idna', ' --no-require-hashes', '-r built.txt', '-c more.txt', '-e'],
      ...[` --hash=sha256:${'a'.repeat(64)}`, '# coding: latin-1\n'],
    );
    const texts = fc.sample(
      fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join('')),
      { numRuns: 1500, seed: 5 },
    );
    const answers = await ask(texts);
    const taken = texts.flatMap((text, index) => {
      const answer = answers[index] ?? {};
      return answer.error === undefined ? [{ text, ...answer }] : [];
    });
    expect(taken.length).toBeGreaterThan(100);
    expect(taken.filter((one) => one.pip === true && one.installer !== true)).toEqual([]);
    // Nor does it take a file for empty in which pip finds something.
    expect(taken.filter(({ counts = [] }) => (counts[0] ?? 0) > 0 && counts[1] === 0)).toEqual([]);
  });
});
