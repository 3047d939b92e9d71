import { describe, expect, it } from 'vitest';
import { judgePython } from '../../../src/dependencies/python/judge.ts';
import { messages, SETTINGS, verdicts } from './sources.ts';

/** Each is read in two ways by some pair of programs, of which one is pip. */
const ODD = [
  String.raw`https://evil.example:443\@pypi.org/simple`,
  String.raw`https:\\evil.example/pypi.org/simple`,
  'https://evil.example\t@pypi.org/simple',
  'https://evil.example\u0000@pypi.org/simple',
  'https://pypi.org\u2028.evil.example/simple',
  'https://evil.example%00@pypi.org:x/simple',
  'https://pypi.org%2eevil.example/simple',
  'https://[::1/simple',
  'https://\uff50ypi.org/simple',
];

describe('an address that programs read in different ways is refused', () => {
  it.each(ODD.map((address) => [JSON.stringify(address), address]))('%s', (_title, address) => {
    const wheel = address.replace('/simple', '/a-1.0-py3-none-any.whl');
    const hash = 'a'.repeat(64);
    for (const text of [
      `--index-url '${address}'\na==1.0\n`,
      `--extra-index-url='${address}'\na==1.0\n`,
      `-f '${address}'\na==1.0\n`,
      `a @ ${wheel}#sha256=${hash}\n`,
      `a @ git+${wheel}@${'a'.repeat(40)}\n`,
    ]) {
      expect(verdicts({ 'requirements.txt': text }), text).toContainEqual(expect.stringMatching(/^no-latest /));
    }
    const lock = `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1.0"\nwheels = [{ url = ${JSON.stringify(wheel)}, hashes = { sha256 = "${hash}" } }]\n`;
    expect(verdicts({ 'pylock.toml': lock })).toContainEqual(expect.stringMatching(/^no-latest /));
  });

  it('and says which character it is', () => {
    const text = String.raw`-i https://evil.example:443\\@pypi.org/simple` + '\na==1.0\n';
    expect(messages({ 'requirements.txt': text })[0]).toContain(
      String.raw`an address must not hold the character "\\"`,
    );
  });

  it('but not a usual one, with user, port, IPv6, query and percent signs', () => {
    const hash = 'a'.repeat(64);
    for (const host of ['host.example', 'user:p%40ss@host.example:8443', '[2001:db8::1]:443']) {
      const text = `a @ https://${host}/x%2By/a-1.0-py3-none-any.whl?x=1&y#sha256=${hash}\n`;
      expect(verdicts({ 'requirements.txt': text }).filter((each) => each.startsWith('no-latest'))).toEqual([]);
    }
  });
});

describe('a path that leads back out of a link is refused, as the link may lead elsewhere', () => {
  it.each([
    '-r link/../other.txt',
    '-c lib/../link/../other.txt',
    './link/../wheels/a-1.0-py3-none-any.whl',
    '-f link/../wheels',
  ])('%s', (line) => {
    // A link to a folder is listed with the files.
    const files = new Map(
      ['link', 'lib/x.txt', 'other.txt', 'wheels/a-1.0-py3-none-any.whl'].map((name) => [name, new Uint8Array()]),
    );
    files.set('requirements.txt', new TextEncoder().encode(`${line}\n`));
    expect(judgePython(files, SETTINGS).map(({ level }) => level)).toContain('no-latest');
  });

  it('but not one that leads back out of a folder', () => {
    expect(verdicts({ 'requirements.txt': '-r lib/../other.txt\n', 'lib/x.txt': '', 'other.txt': '' })).toEqual([]);
  });
});
