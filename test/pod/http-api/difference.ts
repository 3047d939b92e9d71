/** Where our answer differs on purpose from Kyma's, and why. */
import type { OracleAnswer, OracleCase } from './oracle.ts';

export interface Difference {
  /** Ids of the cases, whole or by a pattern. */
  readonly cases: RegExp | readonly string[];
  readonly why: string;
  readonly expect: (answer: OracleAnswer, id: string) => OracleAnswer;
}

export const findDifference = (differences: readonly Difference[], { id }: OracleCase): Difference | undefined =>
  differences.find(({ cases }) => (cases instanceof RegExp ? cases.test(id) : cases.includes(id)));

export const without = (headers: OracleAnswer['headers'] = {}, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
