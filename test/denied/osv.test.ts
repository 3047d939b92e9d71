import { describe, expect, it } from 'vitest';
import { entriesOfReport } from '../../src/denied/osv.ts';
import { ecosystemOf, holds } from '../../src/denied/holds.ts';

interface Range {
  type: string;
  events: Record<string, string>[];
}
const report = (affected: object, more: object = {}): object => ({ id: 'MAL-1', affected: [affected], ...more });
const about = (ecosystem: string, versions: readonly string[], ranges: readonly Range[] = []): object =>
  report({ package: { ecosystem, name: 'axios' }, versions, ranges });
const semver = (...events: Record<string, string>[]): Range => ({ type: 'SEMVER', events });
const pep440 = (...events: Record<string, string>[]): Range => ({ type: 'ECOSYSTEM', events });

/** Which of some versions a report denies. */
function denied(ecosystem: string, text: object, versions: readonly string[]): readonly string[] {
  const entries = entriesOfReport(text);
  if ('problem' in entries) throw new Error(entries.problem);
  const rules = ecosystemOf(ecosystem);
  if (rules === undefined) throw new Error(`${ecosystem} is not known`);
  return versions.filter((version) => entries.some((entry) => holds(rules, entry, version)));
}

describe('a report of the OSV format denies', () => {
  const NPM = ['0.9.0', '1.0.0-rc.1', '1.0.0', '1.14.1', '1.14.2', '2.0.0'];
  it.each([
    ['versions alone', about('npm', ['1.14.1', '0.9.0']), ['0.9.0', '1.14.1']],
    ['a version written otherwise', about('npm', ['v1.14.1+build']), ['1.14.1']],
    ['everything', about('npm', [], [semver({ introduced: '0' })]), NPM],
    [
      'what comes before a fix',
      about('npm', [], [semver({ introduced: '0' }, { fixed: '1.0.0' })]),
      ['0.9.0', '1.0.0-rc.1'],
    ],
    [
      'up to the last one',
      about('npm', [], [semver({ introduced: '1.0.0' }, { last_affected: '1.14.1' })]),
      ['1.0.0', '1.14.1'],
    ],
    ['up to a limit', about('npm', [], [semver({ introduced: '1.14.2' }, { limit: '2.0.0' })]), ['1.14.2']],
    ['no limit', about('npm', [], [semver({ introduced: '1.14.2' }, { limit: '*' })]), ['1.14.2', '2.0.0']],
    ['events in any order', about('npm', [], [semver({ fixed: '1.14.2' }, { introduced: '1.14.1' })]), ['1.14.1']],
    [
      'several intervals of one range',
      about('npm', [], [semver({ introduced: '0' }, { fixed: '1.0.0-0' }, { introduced: '2.0.0' })]),
      ['0.9.0', '2.0.0'],
    ],
    [
      'versions and ranges together',
      about('npm', ['2.0.0'], [semver({ introduced: '0' }, { fixed: '1.0.0-0' })]),
      ['0.9.0', '2.0.0'],
    ],
    [
      'nothing if it was withdrawn',
      report(
        { package: { ecosystem: 'npm', name: 'axios' }, versions: ['1.0.0'] },
        { withdrawn: '2026-04-01T00:00:00Z' },
      ),
      [],
    ],
    ['nothing of another ecosystem', about('crates.io', ['1.0.0']), []],
    [
      'nothing by a commit',
      report({
        package: { ecosystem: 'npm', name: 'axios' },
        versions: ['1.0.0'],
        ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }],
      }),
      ['1.0.0'],
    ],
  ])('%s (npm)', (_, text, expected) => {
    expect(denied('npm', text, NPM)).toEqual(expected);
  });

  const PYPI = ['1.0rc1', '1.0', '1.0.post1', '1.10', '1!0.1'];
  it.each([
    ['a version in another spelling', about('PyPI', ['1.0.0', '1.10.0']), ['1.0', '1.10']],
    [
      'a range in the order of PEP 440',
      about('PyPI', [], [pep440({ introduced: '1.0.post1' }, { fixed: '1!0' })]),
      ['1.0.post1', '1.10'],
    ],
    ['everything', about('PyPI', [], [pep440({ introduced: '0' })]), PYPI],
    ['an ecosystem with a suffix', about('PyPI:https://pypi.org', ['1.10']), ['1.10']],
  ])('%s (PyPI)', (_, text, expected) => {
    expect(denied('PyPI', text, PYPI)).toEqual(expected);
  });

  it('names as each registry normalizes them', () => {
    const nameIn = (ecosystem: string, name: string): unknown =>
      entriesOfReport(report({ package: { ecosystem, name }, versions: ['1.0.0'] }));
    expect(nameIn('PyPI', 'Django_REST.framework')).toMatchObject([{ name: 'django-rest-framework' }]);
    expect(nameIn('npm', 'JSONStream')).toMatchObject([{ name: 'JSONStream' }]);
  });

  it('a version that nobody can read only if everything is denied', () => {
    expect(denied('npm', about('npm', [], [semver({ introduced: '0' })]), ['', 'git-1234'])).toEqual(['', 'git-1234']);
    expect(denied('npm', about('npm', [], [semver({ introduced: '1.0.0' })]), ['', 'git-1234'])).toEqual([]);
  });
});

describe('a report that says something unclear is turned down:', () => {
  it.each([
    ['text', 'the report is not an object'],
    [{ affected: [] }, '"id" is missing'],
    [{ id: 'MAL-1' }, '"affected" of MAL-1 is missing'],
    [about('npm', []), 'axios has neither versions nor ranges of versions (MAL-1)'],
    [about('npm', [], [{ type: 'GIT', events: [{ introduced: '0' }] }]), 'axios has neither versions nor ranges'],
    [about('npm', [], [semver({ introduced: 'one' })]), 'the event introduced "one" is not a version of axios'],
    [about('npm', [], [semver({ fixed: '1.0.0' })]), 'a range introduces nothing of axios'],
    [about('npm', [], [{ type: 'OTHER', events: [{ introduced: '0' }] }]), 'a range is neither SEMVER'],
    [about('npm', [], [semver()]), 'a range has no list of events'],
    [
      report({ package: { ecosystem: 'npm', name: 'axios' }, versions: '1.0.0' }),
      '"versions" of axios is not a list of strings',
    ],
    [report({ package: { ecosystem: 'npm', name: '' }, versions: ['1.0.0'] }), 'the name of a package is empty'],
    [report({ package: { name: 'axios' } }), '"package" has no ecosystem and name'],
  ])('%j', (text, problem) => {
    expect(entriesOfReport(text)).toMatchObject({ problem: expect.stringContaining(problem) as string });
  });
});
