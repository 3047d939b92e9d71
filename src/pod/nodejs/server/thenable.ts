/** A promise of whichever library. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> & object =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
