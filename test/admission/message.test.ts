import { describe, expect, it } from 'vitest';
import { auditText, refusalMessage, warningTexts } from '../../src/admission/message.ts';
import type { DependencyFinding } from '../../src/dependencies/policy.ts';
import type { Finding } from '../../src/outcome/finding.ts';

const floats = (line: number, level: DependencyFinding['level'], problem = 'it floats'): DependencyFinding => ({
  code: 'dependencies-float',
  file: 'package.json',
  line,
  level,
  problem,
  fix: 'pin it',
});
const advice: Finding<string> = { code: 'source-unlabelled', field: ['f'], problem: 'no label', fix: 'add it' };
const missing: Finding<string> = { code: 'source-missing-yet', field: ['f'], problem: 'no source', fix: 'make it' };

describe('warnings', () => {
  it('come with the most important first', () => {
    expect(warningTexts([advice, floats(1, 'exact'), floats(2, 'no-latest'), missing])).toEqual([
      'buildless: f: no source; make it [source-missing-yet]',
      'buildless: package.json:2: it floats; pin it [dependencies-float]',
      'buildless: package.json:1: it floats; pin it [dependencies-float]',
      'buildless: f: no label; add it [source-unlabelled]',
    ]);
  });

  it('are at most ten, the last of them a count of the rest', () => {
    const texts = warningTexts(Array.from({ length: 30 }, (_, index) => floats(index + 1, 'exact')));
    expect(texts).toHaveLength(10);
    expect(texts.at(-1)).toBe('buildless: and 21 more; "buildless validate" lists all');
  });

  it('are said once', () => {
    expect(warningTexts([advice, advice])).toHaveLength(1);
  });

  it('are under 256 characters, and keep their code and whole characters', () => {
    const [text = ''] = warningTexts([floats(1, 'exact', `${'x'.repeat(174)}${'😀'.repeat(100)}`)]);
    expect(text.length).toBeLessThan(256);
    expect(text).toMatch(/😀… \[dependencies-float\]$/u);
    expect(text).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  it('have no control characters, which the API server would drop them for', () => {
    expect(warningTexts([floats(1, 'exact', 'a\nb\u001b[31m\u202ec')])).toEqual([
      'buildless: package.json:1: a\\u000ab\\u001b[31m\\u202ec; pin it [dependencies-float]',
    ]);
  });
});

describe('a refusal', () => {
  it('counts what a person would not read to the end', () => {
    const findings = Array.from({ length: 8000 }, (_, index) => floats(index + 1, 'locked'));
    const lines = refusalMessage('Function "x"', findings).split('\n');
    expect(lines[0]).toBe('Function "x" is refused for 8000 reasons:');
    expect(lines).toHaveLength(52);
    expect(lines.at(-1)).toBe('  - and 7950 more; "buildless validate" lists all');
  });
});

describe('the audit log', () => {
  it('names the level and each finding', () => {
    expect(auditText('exact', [floats(1, 'exact')])).toBe(
      'the level "exact" would refuse:\npackage.json:1: it floats; pin it [dependencies-float]',
    );
  });
});
