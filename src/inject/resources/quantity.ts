import { parseQuantity } from '../../kubernetes/quantity.ts';

/** The larger, the smaller and the sum of Kubernetes quantities; what need not be computed keeps the author's own words. */

export const amountOf = (text: string | number): number => parseQuantity(text) ?? 0;

type Quantity = string | undefined;

/** The first of the smallest; what is undefined is left out. */
export function smallest<First extends Quantity>(first: First, ...others: readonly Quantity[]): First | string {
  let found: First | string = first;
  for (const other of others) if (other !== undefined && (found === undefined || isLess(other, found))) found = other;
  return found;
}

/** The first of the largest; what is undefined is left out. */
export function largest<First extends Quantity>(first: First, ...others: readonly Quantity[]): First | string {
  let found: First | string = first;
  for (const other of others) if (other !== undefined && (found === undefined || isLess(found, other))) found = other;
  return found;
}

const isLess = (one: string, other: string): boolean => one !== other && amountOf(one) < amountOf(other);

/** @returns undefined for an empty list */
export function sum(resource: string, quantities: readonly string[]): string | undefined {
  if (quantities.length < 2) return quantities[0];
  const [first, ...others] = quantities.filter((text) => amountOf(text) !== 0);
  if (first === undefined) return quantities[0];
  if (others.length === 0) return first;
  return format(
    resource,
    [first, ...others].reduce((total, text) => total + amountOf(text), 0),
  );
}

/** What is left of a quantity, never less than nothing. */
export const minus = (resource: string, from: string, less: string | undefined): string =>
  less === undefined || amountOf(less) === 0 ? from : format(resource, Math.max(0, amountOf(from) - amountOf(less)));

/** A part or multiple of a quantity. */
export const times = (resource: string, text: string, factor: number): string =>
  format(resource, amountOf(text) * factor);

/** CPU in thousandths, everything else in whole units; rounded down, so that no bound is passed. */
function format(resource: string, amount: number): string {
  // What a sum of binary fractions lacks to a whole number is not a thousandth of anything.
  const ROUNDING = 1e-6;
  return resource === 'cpu' ? `${Math.floor(amount * 1000 + ROUNDING)}m` : String(Math.floor(amount + ROUNDING));
}
