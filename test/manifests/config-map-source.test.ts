import { describe, expect, it } from 'vitest';
import { functionLabelOf } from '../../src/manifests/config-map-source.ts';

describe('functionLabelOf', () => {
  it('reads the label of an object or a template', () => {
    expect(functionLabelOf({ metadata: { labels: { 'buildless.dev/function': 'hello' } } })).toBe('hello');
    expect(functionLabelOf({ metadata: { labels: { 'buildless.dev/function': 1 } } })).toBeUndefined();
    expect(functionLabelOf({})).toBeUndefined();
  });
});
