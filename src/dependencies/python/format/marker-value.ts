import type { Comparison, Marker, MarkerValue } from './marker.ts';
import { admits, isVersion, readClause } from './versions.ts';

/** What PEP 508 calls the environment: variables by name. A missing one is unknown here. */
export type MarkerEnvironment = Readonly<Partial<Record<string, string>>>;

/** Whether a marker holds; undefined if what it depends on is unknown, or `packaging` knows no answer. */
export function evaluateMarker(marker: Marker, environment: MarkerEnvironment): boolean | undefined {
  return some(marker.alternatives.map((terms) => every(terms.map((term) => evaluateTerm(term, environment)))));
}

const evaluateTerm = (term: Marker | Comparison, environment: MarkerEnvironment): boolean | undefined =>
  'alternatives' in term ? evaluateMarker(term, environment) : compare(term, environment);

const every = (values: readonly (boolean | undefined)[]): boolean | undefined =>
  values.includes(false) ? false : values.includes(undefined) ? undefined : true;

const some = (values: readonly (boolean | undefined)[]): boolean | undefined =>
  values.includes(true) ? true : values.includes(undefined) ? undefined : false;

/** `_eval_op` of packaging's markers.py: as versions where the right side is one, else as texts. */
function compare({ left, operator, right }: Comparison, environment: MarkerEnvironment): boolean | undefined {
  const [have, wanted] = [textOf(left, environment), textOf(right, environment)];
  // An escape of Python stands for another text, which nobody needs to be known here.
  if (have === undefined || wanted === undefined || (have + wanted).includes('\\')) return undefined;
  const read = readClause(operator + wanted, 0);
  if (read?.end === operator.length + wanted.length) {
    return isVersion(have) ? admits(read.clause, have) : undefined;
  }
  switch (operator) {
    case 'in':
      return wanted.includes(have);
    case 'not in':
      return !wanted.includes(have);
    case '==':
      return have === wanted;
    case '!=':
      return have !== wanted;
    default:
      // Texts in order: no marker of any use, and older and newer versions of packaging differ.
      return undefined;
  }
}

const textOf = (value: MarkerValue, environment: MarkerEnvironment): string | undefined =>
  'text' in value ? value.text : environment[value.variable];
