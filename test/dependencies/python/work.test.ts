import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { expectedPackages } from '../../../src/dependencies/python/expected.ts';
import { judgePython } from '../../../src/dependencies/python/judge.ts';
import { readPipConf, untrustedIndex } from '../../../src/pod/fast-install/pip-conf.ts';
import { SETTINGS, sourceOf } from './sources.ts';

// Calls of code that V8 has optimized are not counted, so that a count would depend on how warm this process is.
setFlagsFromString('--no-opt');
// Node.js 20 has no Maglev by default, but knows the flag.
setFlagsFromString('--no-maglev');

/** How often blocks of the code in a folder are executed, as V8 counts them: the same on any machine. */
async function workOf(run: () => void, folder = '/src/dependencies/python/'): Promise<number> {
  const session = new Session();
  session.connect();
  const post = async <Answer>(method: string, params: object = {}): Promise<Answer> =>
    await new Promise((resolve, reject) => {
      session.post(method, params, (error, answer) => {
        if (error === null) resolve(answer as Answer);
        else reject(error);
      });
    });
  await post('Profiler.enable');
  await post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  run();
  const { result } = await post<{
    readonly result: readonly {
      readonly url: string;
      readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
    }[];
  }>('Profiler.takePreciseCoverage');
  await post('Profiler.stopPreciseCoverage');
  session.disconnect();
  return result
    .filter(({ url }) => url.includes(folder))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)))
    .reduce((sum, count) => sum + count, 0);
}

describe('hostile input', () => {
  const SIZE = 1500;
  const HOSTILE: Readonly<Record<string, (size: number) => Readonly<Record<string, string>>>> = {
    'many lines': (size) => ({ 'requirements.txt': 'requests>=2\n'.repeat(size) }),
    'many packages': (size) => ({
      'requirements.txt': Array.from({ length: size }, (_, index) => `p${index}`).join('\n'),
    }),
    'many markers of one package': (size) => ({
      'requirements.txt': Array.from({ length: size }, (_, index) => `p>=1 ; python_version>"${index}"`).join('\n'),
    }),
    'many continuations': (size) => ({ 'requirements.txt': `requests==1 ${'\\\n --hash=sha256:'.repeat(size)}` }),
    'many hashes': (size) => ({
      'requirements.txt': `requests==1 ${` \\\n --hash=sha256:${'a'.repeat(64)}`.repeat(size / 4)}`,
    }),
    'many backslashes': (size) => ({ 'requirements.txt': '\\'.repeat(size) }),
    'many spaces': (size) => ({ 'requirements.txt': `requests${' '.repeat(size)}x` }),
    'spaces and hashes': (size) => ({ 'requirements.txt': `requests${'  #'.repeat(size)}` }),
    'many number signs': (size) => ({ 'requirements.txt': `requests${'#'.repeat(size)}` }),
    'a long version': (size) => ({ 'requirements.txt': `requests==1${'.0'.repeat(size)}!` }),
    'many zeros': (size) => ({ 'requirements.txt': `requests>=1${'.0'.repeat(size / 2)},<=1${'.0'.repeat(size / 2)}` }),
    'many clauses': (size) => ({ 'requirements.txt': `requests${'>=1,'.repeat(size / 2)}` }),
    'many arbitrary clauses': (size) => ({ 'requirements.txt': `requests===${'1,'.repeat(size)}` }),
    'many extras': (size) => ({ 'requirements.txt': `requests[${'a,'.repeat(size)}` }),
    'a name of hyphens': (size) => ({ 'requirements.txt': `a${'-'.repeat(size)}` }),
    'a deep marker': (size) => ({ 'requirements.txt': `a ; ${'('.repeat(size)}` }),
    'a long marker': (size) => ({ 'requirements.txt': `a ; os_name=='x'${" and os_name=='x'".repeat(size / 8)}` }),
    'open quotes': (size) => ({ 'requirements.txt': `a ; ${"'".repeat(size)}` }),
    'escapes in a marker': (size) => ({ 'requirements.txt': `a ; os_name=='${'\\\\'.repeat(size)}'` }),
    'quotes in options': (size) => ({ 'requirements.txt': `--pre ${'"" '.repeat(size)}"` }),
    'many options': (size) => ({ 'requirements.txt': '--pre '.repeat(size) }),
    'open variables': (size) => ({ 'requirements.txt': '${A'.repeat(size / 2) }),
    'slashes and at signs': (size) => ({ 'requirements.txt': `a @ https://${'/@'.repeat(size)}` }),
    'many paths': (size) => ({
      'requirements.txt': Array.from({ length: size }, (_, index) => `./d${index}`).join('\n'),
      ...Object.fromEntries(Array.from({ length: size }, (_, index) => [`d${index}/setup.py`, ''])),
    }),
    'files that include the next one twice': (size) => ({
      'requirements.txt': '-r 0.txt\n',
      ...Object.fromEntries(
        Array.from({ length: 90 }, (_, index) => [
          `${index}.txt`,
          `-r ${index + 1}.txt\n-c ${index + 1}.txt\n${'a\n'.repeat(size / 90)}`,
        ]),
      ),
    }),
    'a chain of includes': (size) => ({
      'requirements.txt': '-r 0.txt\n',
      ...Object.fromEntries(Array.from({ length: size }, (_, index) => [`${index}.txt`, `-r ${index + 1}.txt\n`])),
    }),
    'a lock and its requirements': (size) => ({
      'requirements.txt': Array.from({ length: size }, (_, index) => `p${index}>=1`).join('\n'),
      'pylock.toml': `lock-version = "1.0"\n${Array.from({ length: size }, (_, index) => `[[packages]]\nname = "p${index}"\nversion = "1"\nwheels = [{url = "https://files.pythonhosted.org/p", hashes = {sha256 = "${'a'.repeat(64)}"}}]\n`).join('')}`,
    }),
    'a lock in one table, with no header to be found': (size) => ({
      'pylock.toml': `lock-version = "1.0"\npackages = [${Array.from({ length: size }, (_, index) => `{name = "p${index}", version = "1"}`).join(', ')}]\n`,
    }),
    'a lock with long markers': (size) => ({
      'pylock.toml': `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nmarker = "os_name == 'a'${" or os_name == 'b'".repeat(size / 8)}"\n`,
    }),
    'constraints of one package': (size) => ({
      'requirements.txt': `-c limits.txt\n${Array.from({ length: size / 2 }, (_, index) => `p>=1 ; python_version>"${index}"`).join('\n')}`,
      'limits.txt': Array.from({ length: size / 2 }, (_, index) => `p!=${index}`).join('\n'),
    }),
    'a project whose dependencies are written with escapes': (size) => ({
      'requirements.txt': '.\n',
      'pyproject.toml': `[project]\nname = "x"\ndependencies = [\n${Array.from({ length: size }, (_, index) => `"\\u0070${index}",\n`).join('')}]\n`,
    }),
    'a project with many dependencies': (size) => ({
      'requirements.txt': '.\n',
      'pyproject.toml': `[project]\nname = "x"\ndependencies = [\n${Array.from({ length: size }, (_, index) => `"p${index}",\n`).join('')}]\n`,
    }),
  };

  it.each(Object.keys(HOSTILE))('%s: twice the size is at most about twice the work', async (title) => {
    const make = HOSTILE[title] ?? (() => ({}));
    const [small, large] = [sourceOf(make(SIZE)), sourceOf(make(2 * SIZE))];
    // What is made once, as tables are, is not counted.
    judgePython(small, SETTINGS);
    const once = await workOf(() => judgePython(small, SETTINGS));
    const twice = await workOf(() => judgePython(large, SETTINGS));
    expect(once).toBeGreaterThan(50);
    expect(twice / once).toBeLessThan(2.3);
  });

  it('constraints of one package: what was judged is written down in about twice the work', async () => {
    const make = HOSTILE['constraints of one package'] ?? (() => ({}));
    const [small, large] = [sourceOf(make(SIZE)), sourceOf(make(2 * SIZE))];
    expectedPackages(small);
    const once = await workOf(() => expectedPackages(small));
    expect((await workOf(() => expectedPackages(large))) / once).toBeLessThan(2.3);
    const [one, two] = [small, large].map((source) => JSON.stringify(expectedPackages(source)).length);
    expect((two ?? 0) / (one ?? 1)).toBeLessThan(2.3);
  });

  it.each<readonly [string, (size: number) => string]>([
    ['values', (size) => `[global]\n${Array.from({ length: size }, (_, index) => `a${index} = b\n`).join('')}`],
    ['lines of one value', (size) => `[global]\nextra-index-url =\n${' http://a.example/\n'.repeat(size)}`],
    ['words', (size) => `[global]\ntrusted-host = ${'a '.repeat(size)}\n`],
    [
      'indexes and trusted hosts',
      (size) =>
        `[global]\ntrusted-host = a.example ${'b '.repeat(size)}\nextra-index-url = ${'http://a.example/ '.repeat(size)}\n`,
    ],
  ])('pip.conf with many %s: twice the size is at most about twice the work', async (_title, make) => {
    const read = (text: string) => () => {
      const settings = readPipConf(text);
      if (!('unknown' in settings)) untrustedIndex(settings);
    };
    const [small, large] = [read(make(SIZE)), read(make(2 * SIZE))];
    small();
    const once = await workOf(small, '/src/pod/fast-install/');
    expect(once).toBeGreaterThan(50);
    expect((await workOf(large, '/src/pod/fast-install/')) / once).toBeLessThan(2.3);
  });
});
