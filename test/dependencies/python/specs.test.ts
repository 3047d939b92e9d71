import { describe, expect, it } from 'vitest';
import { LEVELS, refuses } from '../../../src/dependencies/policy.ts';
import { judge } from './sources.ts';
import { BESIDE, SPECS } from './specs.ts';

describe('a line of requirements.txt', () => {
  it('is one of at least 130 of the table, each once', () => {
    expect(SPECS.length).toBeGreaterThanOrEqual(130);
    expect(new Set(SPECS.map(({ line }) => line)).size).toBe(SPECS.length);
  });

  it.each(SPECS)('$line is refused from $level on: $why', ({ line, level }) => {
    const findings = judge({ ...BESIDE, 'requirements.txt': `${line}\n` });

    const lowest = LEVELS.find((candidate) => findings.some((finding) => refuses(candidate, finding)));
    expect(lowest ?? 'ok', JSON.stringify(findings, undefined, 2)).toBe(level);
  });

  it.each(SPECS)('$line: every finding has its file and place, and says what to do', ({ line }) => {
    for (const finding of judge({ ...BESIDE, 'requirements.txt': `# first\n${line}\n` })) {
      expect(finding).toMatchObject({ file: 'requirements.txt', line: 2 });
      expect(finding.column).toBeGreaterThanOrEqual(1);
      expect(finding.column).toBeLessThanOrEqual(line.length + 1);
      expect(finding.problem).toMatch(/^[^\n]+[^.\n]$/);
      expect(finding.fix).toMatch(/^[a-z][^\n]+[^.\n]$/);
    }
  });
});
