import { readDeclared, type LicenceExpression } from './expression.ts';
import { overlap, type Licence } from './licence.ts';
import type { LicencePolicy } from './policy.ts';

/** Why a package may be used or not, by its licence. */
export type LicenceVerdict =
  | { readonly type: 'passed' }
  /** It declares none, or what it declares cannot be read. */
  | { readonly type: 'unknown' }
  /** With the licences that are in the way, as SPDX writes them, and whether the list of refused ones has one of them. */
  | { readonly type: 'refused'; readonly licences: readonly string[]; readonly isListed: boolean };

const PASSED: LicenceVerdict = { type: 'passed' };

/**
 * Compares the licence that a package declares with the lists. Pure, linear. `A OR B` passes if one of them does, `A AND B` if both
 * do. A licence that is in both lists is refused.
 */
export function judgeLicence(declared: string | undefined, policy: LicencePolicy): LicenceVerdict {
  const expression = declared === undefined ? undefined : readDeclared(declared);
  if (expression === undefined) return { type: 'unknown' };
  const refused = obstaclesIn(expression, policy);
  if (refused.length === 0) return PASSED;
  return {
    type: 'refused',
    licences: [...new Set(refused.map(({ text }) => text))],
    isListed: refused.some((licence) => isIn(policy.refused, licence)),
  };
}

/** The licences for which an expression does not pass; none if it does. */
function obstaclesIn(expression: LicenceExpression, policy: LicencePolicy): readonly Licence[] {
  if (!('operator' in expression)) return mayBe(expression, policy) ? [] : [expression];
  const left = obstaclesIn(expression.left, policy);
  if (expression.operator === 'or' && left.length === 0) return [];
  const right = obstaclesIn(expression.right, policy);
  if (expression.operator === 'or' && right.length === 0) return [];
  return [...left, ...right];
}

const mayBe = (licence: Licence, { allowed, refused }: LicencePolicy): boolean =>
  !isIn(refused, licence) && (allowed.length === 0 || isIn(allowed, licence));

const isIn = (list: readonly Licence[], licence: Licence): boolean => list.some((each) => overlap(each, licence));
