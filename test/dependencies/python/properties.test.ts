import fc from 'fast-check';
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
