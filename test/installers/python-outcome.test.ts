import { describe, expect, it } from 'vitest';
import { expectedPackages } from '../../src/dependencies/python/expected.ts';
import { differenceFromExpected } from '../../src/installers/python-outcome.ts';
import { sourceOf } from '../dependencies/python/sources.ts';

const HASH = `--hash=sha256:${'a'.repeat(64)}`;
const ENVIRONMENT = { sys_platform: 'linux', python_version: '3.12', os_name: 'posix', extra: '' };

/** @param installed `name==version` with spaces between them */
function difference(requirements: string, installed: string): string | undefined {
  const expected = expectedPackages(sourceOf({ 'requirements.txt': requirements }));
  const distributions = installed.split(' ').flatMap((text) => {
    const [name = '', version = ''] = text.split('==');
    return name === '' ? [] : [{ name, version }];
  });
  return expected === undefined ? undefined : differenceFromExpected(expected, distributions, ENVIRONMENT);
}

describe('an installation is compared with what was judged', () => {
  it.each([
    ['another version than the pin', 'a==1.0\n', 'a==2.0', 'a 2.0 was installed instead of ==1.0'],
    ['a version outside of a range', 'a>=1,<2\n', 'a==2.0', 'a 2.0 was installed instead of >=1,<2'],
    ['a package beside the lock', `a==1.0 ${HASH}\n`, 'a==1.0 b==1.0', 'b 1.0 is not in the lock'],
    ['a package twice', 'a==1.0\n', 'A==1.0 a==1.0', 'a was installed twice'],
    ['a package that is missing', 'a==1.0\nb==1.0\n', 'a==1.0', 'b was not installed'],
    [
      'one whose marker holds',
      'b==1.0 ; sys_platform == "linux" and python_version >= "3.9"\n',
      '',
      'b was not installed',
    ],
    ['one of alternatives', 'b==1 ; python_version < "3.9" or (os_name == "posix")\n', '', 'b was not installed'],
    [
      'neither version of two',
      'b==1 ; python_version < "3"\nb==2 ; python_version >= "3"\n',
      'b==3',
      'b 3 was installed',
    ],
  ])('%s', (_title, requirements, installed, problem) => {
    expect(difference(requirements, installed)).toContain(problem);
  });

  it.each([
    ['what packages ask for in turn', 'a==1.0\n', 'a==1.0 b==9'],
    ['other spellings', 'A.b_c==1.0\n', 'a-b-c==1'],
    ['a lock', `a==1.0 ${HASH}\nb==2 ${HASH}\n`, 'a==1.0 b==2'],
    ['what a marker leaves out', 'a==1.0\nb==1 ; sys_platform == "win32"\n', 'a==1.0'],
    ['what depends on something unknown', 'a==1.0\nb==1 ; platform_release > "5"\n', 'a==1.0'],
    ['an extra that nobody asks for', 'a==1.0\nb==1 ; extra == "x"\n', 'a==1.0'],
  ])('and %s is no difference', (_title, requirements, installed) => {
    expect(difference(requirements, installed)).toBeUndefined();
  });
});
