import { describe, expect, it } from 'vitest';
import { judgeDependencies } from '../../src/dependencies/judge.ts';
import { readUvLock, writePylock, type ResolvedPackage } from '../../src/lock/pylock.ts';

const wheel = (file: string) => ({
  url: `https://files.pythonhosted.org/packages/aa/${file}`,
  hashes: { sha256: 'a'.repeat(64) },
});
const pure: ResolvedPackage = { name: 'pure', version: '1.0', wheels: [wheel('pure-1.0-py3-none-any.whl')] };
const native = (machine: string, version = '2.0'): ResolvedPackage => ({
  name: 'native',
  version,
  wheels: [wheel(`native-${version}-cp312-cp312-manylinux_2_28_${machine}.whl`)],
});

describe('a pylock.toml for two platforms', () => {
  const text = writePylock(
    new Map([
      ['linux/amd64', [pure, native('x86_64'), { ...pure, name: 'intel-only' }]],
      ['linux/arm64', [native('aarch64'), pure]],
    ] as const),
    '3.12',
  );

  it('has each package once, with the files of both, and a marker where only one needs it', () => {
    expect(readUvLock(text).map(({ name, wheels }) => [name, wheels.length])).toEqual([
      ['intel-only', 1],
      ['native', 2],
      ['pure', 1],
    ]);
    expect(text.match(/^marker = .*$/gm)).toEqual([`marker = "platform_machine == 'x86_64'"`]);
  });

  it('is a complete lock to the policy', () => {
    const files = new Map([
      ['pylock.toml', Buffer.from(text)],
      ['requirements.txt', Buffer.from('native>=1\npure\n')],
    ]);
    expect(judgeDependencies(files, 'python')).toEqual([]);
  });

  it('is the same whichever order the packages came in', () => {
    const turned = new Map([
      ['linux/amd64', [{ ...pure, name: 'intel-only' }, native('x86_64'), pure]],
      ['linux/arm64', [pure, native('aarch64')]],
    ] as const);
    expect(writePylock(turned, '3.12')).toBe(text);
  });
});
