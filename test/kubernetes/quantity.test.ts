import { describe, expect, it } from 'vitest';
import { parseQuantity } from '../../src/kubernetes/quantity.ts';

describe('parseQuantity', () => {
  it.each<[string | number, number]>([
    ['1', 1],
    [1, 1],
    [0.5, 0.5],
    ['250m', 0.25],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['1.', 1],
    ['64Mi', 67_108_864],
    ['1k', 1000],
    ['1Ki', 1024],
    ['1e3', 1000],
    ['1E', 1e18],
    ['12e-1', 1.2],
    ['0e900', 0],
    ['1024Mi', 2 ** 30],
  ])('%s is %d', (text, amount) => {
    expect(parseQuantity(text)).toBeCloseTo(amount, 9);
  });

  it.each(['', '-1', '1GB', '1 Gi', 'Mi', '1K', '0x10', '1e', 'Infinity', '1Mi '])('%j is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});
