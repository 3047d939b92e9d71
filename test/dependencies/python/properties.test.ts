import type { SourceFiles } from '../../../src/function/files.ts';
import fc from 'fast-check';
import { Session } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { SyntaxProblem } from '../../../src/dependencies/python/format/cursor.ts';
import { parseDependency } from '../../../src/dependencies/python/format/pep508.ts';
import { admits, compareVersions } from '../../../src/dependencies/python/format/versions.ts';
import { judgePython } from '../../../src/dependencies/python/judge.ts';
import { hasPythonDependencies } from '../../../src/dependencies/python/present.ts';
import { LEVELS, refuses } from '../../../src/dependencies/policy.ts';
import { formatFinding } from '../../../src/outcome/finding.ts';
import { dependency, specifier, version } from './arbitraries.ts';
import { judge, SETTINGS, sourceOf } from './sources.ts';
import { SPECS } from './specs.ts';

const floats = (text: string): readonly string[] =>
  judge({ 'requirements.txt': `${text}\n` })
    .filter(({ level }) => level !== 'locked')
    .map(({ level }) => level);

/** Versions near the bounds of a specifier, where it would show that it admits several. */
const neighbours = (text: string): readonly string[] => {
  const read = parseDependency(`a${text}`);
  if (read instanceof SyntaxProblem) return [];
  return read.clauses
    .map((clause) => clause.version.split('+', 1)[0] ?? '')
    .flatMap((bound) => [
      bound,
      `${bound}.1`,
      `${bound}.0`,
      `${bound}rc1`,
      `${bound}.post1`,
      `${bound}.dev1`,
      `9${bound}`,
      '0',
      '99',
    ]);
};

/** Texts that are no versions, which === allows, are the same where they are the same text. */
const isSame = (a: string, b: string): boolean => (compareVersions(a, b) ?? (a === b ? 0 : 1)) === 0;

describe('a specifier that is judged exact', () => {
  it('admits one version only, local versions of it aside', () => {
    // PEP 440: ==1.0 admits 1.0+cu121 as well, the same release built otherwise; so versions are compared without it.
    let exact = 0;
    fc.assert(
      fc.property(specifier, fc.array(version, { maxLength: 20 }), (text, versions) => {
        const read = parseDependency(`a${text}`);
        if (read instanceof SyntaxProblem || floats(`a${text}`).length > 0) return;
        exact += 1;
        const admitted = [...versions, ...neighbours(text)]
          .map((candidate) => candidate.split('+', 1)[0] ?? '')
          .filter((candidate) => read.clauses.every((clause) => admits(clause, candidate)));
        for (const other of admitted) expect(isSame(admitted[0] ?? '', other)).toBe(true);
      }),
      { numRuns: 1500, seed: 11 },
    );
    expect(exact).toBeGreaterThan(100);
  });

  it('is the contrary of one that admits two versions', () => {
    fc.assert(
      fc.property(specifier, (text) => {
        const read = parseDependency(`a${text}`);
        if (read instanceof SyntaxProblem) return;
        const admitted = neighbours(text).filter((candidate) =>
          read.clauses.every((clause) => admits(clause, candidate)),
        );
        const distinct = admitted.filter((candidate) => !isSame(candidate, admitted[0] ?? ''));
        if (distinct.length > 0) expect(floats(`a${text}`)).not.toEqual([]);
      }),
      { numRuns: 1500, seed: 12 },
    );
  });

  it('has an upper bound where it is refused by exact only: nothing far above it is admitted', () => {
    fc.assert(
      fc.property(specifier, (text) => {
        const read = parseDependency(`a${text}`);
        if (read instanceof SyntaxProblem) return;
        const admitsAll = read.clauses.every((clause) => admits(clause, '99!999999'));
        if (floats(`a${text}`).includes('no-latest')) return;
        expect(admitsAll).toBe(false);
      }),
      { numRuns: 1500, seed: 13 },
    );
  });
});

describe('the levels', () => {
  it('refuse what the looser ones refuse', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(dependency, fc.constantFrom(...SPECS.map(({ line }) => line))), { maxLength: 6 }),
        (lines) => {
          const findings = judge({ 'requirements.txt': lines.join('\n') });
          const counts = LEVELS.map((level) => findings.filter((finding) => refuses(level, finding)).length);
          expect(counts).toEqual(counts.toSorted((a, b) => a - b));
        },
      ),
    );
  });
});

describe('judging anything at all', () => {
  const name = fc.constantFrom('requirements.txt', 'pylock.toml', 'uv.lock', 'Pipfile.lock', 'pyproject.toml', 'a.txt');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            ...SPECS.map(({ line }) => line),
            '-r a.txt',
            '-c a.txt',
            '-e .',
            '[[packages]]',
            'name = "a"',
            'lock-version = "1.0"',
            'packages = [1]',
            '[project]',
            'dependencies = ["a"]',
          ),
          dependency,
        ),
        { maxLength: 8 },
      )
      .map((lines) => new TextEncoder().encode(lines.join('\n'))),
  );

  it('never throws, and every finding can be shown', () => {
    fc.assert(
      fc.property(fc.dictionary(name, bytes), (files) => {
        const source = sourceOf(files);
        for (const finding of judgePython(source, SETTINGS)) expect(formatFinding(finding)).not.toMatch(/\n|undefined/);
        expect(typeof hasPythonDependencies(source)).toBe('boolean');
      }),
      { numRuns: 600 },
    );
  });
});

/** How often blocks of this policy's code are executed, as V8 counts them: the same on any machine. */
async function workOf(run: () => void): Promise<number> {
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
    .filter(({ url }) => url.includes('/src/dependencies/python/'))
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
      'requirements.txt': `requests==1 ${` \\\n --hash=sha256:${'a'.repeat(64)}`.repeat(size)}`,
    }),
    'many backslashes': (size) => ({ 'requirements.txt': '\\'.repeat(size) }),
    'many spaces': (size) => ({ 'requirements.txt': `requests${' '.repeat(size)}x` }),
    'spaces and hashes': (size) => ({ 'requirements.txt': `requests${'  #'.repeat(size)}` }),
    'many number signs': (size) => ({ 'requirements.txt': `requests${'#'.repeat(size)}` }),
    'a long version': (size) => ({ 'requirements.txt': `requests==1${'.0'.repeat(size)}!` }),
    'many zeros': (size) => ({ 'requirements.txt': `requests>=1${'.0'.repeat(size)},<=1${'.0'.repeat(size)}` }),
    'many clauses': (size) => ({ 'requirements.txt': `requests${'>=1,'.repeat(size)}` }),
    'many arbitrary clauses': (size) => ({ 'requirements.txt': `requests===${'1,'.repeat(size)}` }),
    'many extras': (size) => ({ 'requirements.txt': `requests[${'a,'.repeat(size)}` }),
    'a name of hyphens': (size) => ({ 'requirements.txt': `a${'-'.repeat(size)}` }),
    'a deep marker': (size) => ({ 'requirements.txt': `a ; ${'('.repeat(size)}` }),
    'a long marker': (size) => ({ 'requirements.txt': `a ; os_name=='x'${" and os_name=='x'".repeat(size)}` }),
    'open quotes': (size) => ({ 'requirements.txt': `a ; ${"'".repeat(size)}` }),
    'escapes in a marker': (size) => ({ 'requirements.txt': `a ; os_name=='${'\\\\'.repeat(size)}'` }),
    'quotes in options': (size) => ({ 'requirements.txt': `--pre ${'"" '.repeat(size)}"` }),
    'many options': (size) => ({ 'requirements.txt': '--pre '.repeat(size) }),
    'open variables': (size) => ({ 'requirements.txt': '${A'.repeat(size) }),
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
    'a project with many dependencies': (size) => ({
      'requirements.txt': '.\n',
      'pyproject.toml': `[project]\nname = "x"\ndependencies = [\n${Array.from({ length: size }, (_, index) => `"p${index}",\n`).join('')}]\n`,
    }),
  };

  it.each(Object.keys(HOSTILE))('%s: twice the size is at most about twice the work', async (title) => {
    const make = HOSTILE[title] ?? (() => ({}));
    const [small, large] = [sourceOf(make(SIZE)), sourceOf(make(2 * SIZE))];
    judgePython(small, SETTINGS);
    // A count misses calls of code that V8 had optimized before it began to count, and is never too high.
    const most = async (files: SourceFiles): Promise<number> => {
      const counts: number[] = [];
      for (let count = 0; count < 3; count += 1) counts.push(await workOf(() => judgePython(files, SETTINGS)));
      return Math.max(...counts);
    };
    const once = await most(small);
    const twice = await most(large);
    expect(once).toBeGreaterThan(50);
    expect(twice / once).toBeLessThan(2.3);
  });
});
