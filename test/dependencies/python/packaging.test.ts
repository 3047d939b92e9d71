import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SyntaxProblem } from '../../../src/dependencies/python/format/cursor.ts';
import { parseDependency } from '../../../src/dependencies/python/format/pep508.ts';
import { admits, showClause } from '../../../src/dependencies/python/format/versions.ts';
import { dependency, specifier, version } from './arbitraries.ts';
import { PipOracle } from './pip-oracle.ts';
import { SPECS } from './specs.ts';

let pip: PipOracle;
beforeAll(() => {
  pip = new PipOracle();
});
afterAll(() => {
  pip.close();
});

type Answer =
  | { readonly error: string }
  | {
      readonly name: string;
      readonly extras: readonly string[];
      readonly url: string | null;
      readonly specifier: readonly string[];
      readonly hasMarker: boolean;
      readonly sameMarker: boolean;
    };

/** Ours in the words of `packaging`, which shows a clause without the space behind its operator. */
function ours(text: string): { readonly text: string; readonly answer: unknown; readonly marker: string | undefined } {
  const read = parseDependency(text);
  if (read instanceof SyntaxProblem) return { text, answer: 'invalid', marker: undefined };
  return {
    text,
    marker: read.marker,
    answer: {
      name: read.name,
      extras: [...new Set(read.extras)].sort(),
      url: read.url ?? null,
      specifier: read.clauses.map(showClause).sort(),
      hasMarker: read.marker !== undefined,
      sameMarker: true,
    },
  };
}

async function compare(texts: readonly string[]): Promise<void> {
  const mine = texts.map(ours);
  const answers = await pip.ask<Answer>(mine.map(({ text, marker }) => ({ ask: 'requirement', text, marker })));
  const theirs = answers.map((answer, index) => ({
    ...mine[index],
    answer: 'error' in answer ? 'invalid' : { ...answer, specifier: [...answer.specifier].sort() },
  }));
  expect(mine).toEqual(theirs);
}

describe('the packaging library of pip', () => {
  it('agrees on validity, name, extras, URL, specifier and marker of every line of the table', async () => {
    await compare(SPECS.map(({ line }) => line));
  });

  it('agrees on generated dependencies, many of them slightly wrong', async () => {
    const texts = fc.sample(dependency, { numRuns: 20_000, seed: 508 });
    expect(texts.filter((text) => !(parseDependency(text) instanceof SyntaxProblem)).length).toBeGreaterThan(500);
    await compare(texts);
  });

  it('agrees on text that only looks a little like a dependency', async () => {
    const piece = fc.constantFrom(
      ...'a1.-_ []()@;,=<>!~*+\'"\\\t'.split(''),
      '==',
      '>=',
      '===',
      'python_version',
      ' in ',
      'and',
      'é',
    );
    await compare(
      fc.sample(
        fc.array(piece, { maxLength: 12 }).map((pieces) => `a${pieces.join('')}`),
        { numRuns: 6000, seed: 440 },
      ),
    );
  });

  it('agrees on which versions a specifier admits', async () => {
    const questions = fc
      .sample(fc.tuple(specifier, fc.array(version, { minLength: 8, maxLength: 8 })), { numRuns: 4000, seed: 7 })
      .flatMap(([text, versions]) => {
        const read = parseDependency(`a${text}`);
        // A version as text is compared as text: `===v1` of pip looks at the version in its normal form.
        if (read instanceof SyntaxProblem || text.includes('===')) return [];
        const bounds = read.clauses.map((clause) => clause.version);
        return [
          {
            specifier: text,
            clauses: read.clauses,
            versions: [
              ...versions,
              ...bounds,
              ...bounds
                .map((bound) => `${bound}.post1`)
                .filter((bound) => !/post|rev|dev|-|\+/.test(bound.slice(0, -6))),
            ],
          },
        ];
      });
    expect(questions.length).toBeGreaterThan(500);
    const answers = await pip.ask<readonly boolean[]>(
      questions.map(({ specifier: text, versions }) => ({ ask: 'contains', specifier: text, versions })),
    );
    for (const [index, { specifier: text, clauses, versions }] of questions.entries()) {
      const mine = versions.map((candidate) => clauses.every((clause) => admits(clause, candidate)));
      expect({ text, versions, admitted: mine }).toEqual({ text, versions, admitted: answers[index] });
    }
  });
});
