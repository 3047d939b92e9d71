import { formatPlace, type Place } from './place.ts';

/** What is wrong with a file that was given to Buildless itself: a place and a cure, but no code of a review. */
export interface Problem extends Place {
  /** What is wrong, in one sentence without a full stop at its end. */
  readonly problem: string;
  /** What to do, in the imperative, without a full stop at its end. */
  readonly fix: string;
}

/** One line for a person: place, problem and fix. */
export function formatProblem(problem: Problem): string {
  const place = formatPlace(problem);
  return `${place === '' ? '' : `${place}: `}${problem.problem}; ${problem.fix}`;
}
