import { describe, expect, it } from 'vitest';
import { expand } from '../../src/run/expansion.ts';

// The cases of the kubelet's own expansion (third_party/forked/golang/expansion of kubernetes/kubernetes).
const VALUES = new Map([
  ['VAR_A', 'A'],
  ['VAR_EMPTY', ''],
  ['VAR_REF', '$(VAR_A)'],
]);

describe('expand', () => {
  it.each([
    ['$(VAR_A)', 'A'],
    ['___$(VAR_A)___$(VAR_A)', '___A___A'],
    ['$(VAR_EMPTY)x', 'x'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$$(VAR_A)', '$(VAR_A)'],
    ['$$$(VAR_A)', '$A'],
    ['$$$$(VAR_A)', '$$(VAR_A)'],
    ['$(VAR_REF)', '$(VAR_A)'],
    ['$VAR_A', '$VAR_A'],
    ['$(VAR_A', '$(VAR_A'],
    ['100$', '100$'],
    ['', ''],
  ])('%j becomes %j', (text, expanded) => {
    expect(expand(text, VALUES)).toBe(expanded);
  });
});
