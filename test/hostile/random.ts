/** Numbers that come again with the same seed. */
export interface Random {
  /** 0 to limit - 1. */
  readonly below: (limit: number) => number;
}

/** mulberry32, public domain by Tommy Ettinger: small and good enough to choose what to change. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return {
    below: (limit) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}
