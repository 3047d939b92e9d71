// For tables of numbers: each at the place of its hash, or at the next free one. Without imports, so that the bundler puts
// the number where its name is.

/** Places that are looked at before one gives up. As half of them are free, more have been made to collide. */
export const MOST_STEPS = 256;

/**
 * Spreads four bytes over all bits of a hash: its low ones choose the place. The factors are those of Fibonacci hashing and
 * of MurmurHash3.
 */
export const mixed = (hash: number, word: number): number => {
  const next = Math.imul(hash ^ word, 0x9e3779b1);
  return Math.imul(next ^ (next >>> 15), 0x85ebca6b);
};
