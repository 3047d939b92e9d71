/** What looks like settings and is none for npm: headings, below which it reads nothing, and JSON in quotes. */
import { installs } from '../source.ts';
import { aboutLine } from './npmrc-finding.ts';
import type { SourceRule } from './rule.ts';

const WORDS = {
  heading: {
    problem: 'a heading stands here, and npm takes no setting from below one',
    fix: 'remove the line',
  },
  json: {
    problem: 'the quotes hold JSON, which makes no text of this setting',
    fix: 'remove the quotes; a list is written KEY[] = VALUE, a line for each',
  },
};

export const npmrcOddity: SourceRule = (source) =>
  installs(source) ? source.npmrc.oddities.map((oddity) => aboutLine(oddity, WORDS[oddity.kind])) : [];
