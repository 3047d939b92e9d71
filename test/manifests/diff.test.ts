import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../src/manifests/diff.ts';

describe('unifiedDiff', () => {
  it('is a unified diff that patch can read', () => {
    expect(unifiedDiff('a.yaml', 'a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nd\nx\nf\ng\n')).toBe(
      '--- a.yaml\n+++ a.yaml\n@@ -2,5 +2,6 @@\n b\n c\n d\n-e\n+x\n f\n+g\n',
    );
  });

  it('is empty where nothing differs', () => {
    expect(unifiedDiff('a.yaml', 'a\n', 'a\n')).toBe('');
  });

  it('has the colours of the caller', () => {
    const mark = (name: string) => (text: string) => `<${name}>${text}`;
    const colours = { red: mark('red'), green: mark('green'), cyan: mark('cyan'), bold: mark('bold') };
    expect(unifiedDiff('a', 'x\n', 'y\n', colours)).toBe(
      '<bold>--- a\n<bold>+++ a\n<cyan>@@ -1,1 +1,1 @@\n<red>-x\n<green>+y\n',
    );
  });
});
