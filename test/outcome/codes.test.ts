import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { REFUSALS, SKIPS, WARNINGS, type OutcomeDescription } from '../../src/outcome/codes.ts';

const page = path.resolve(import.meta.dirname, '../../docs/outcomes.md');

const table = (title: string, text: string, codes: Readonly<Record<string, OutcomeDescription>>): string => `
## ${title}

${text}

| code | cause | cure |
| --- | --- | --- |
${Object.entries(codes)
  .map(([code, { cause, cure }]) => `| \`${code}\` | ${cause} | ${cure} |`)
  .join('\n')}
`;

const expected = `# Outcomes

Every way an admission review can end other than with a patch. The same codes appear in messages (in square brackets), in
the log (\`codes\`), in metric labels and in the command's output. \`buildless explain CODE\` prints a row of this page, which is
generated from \`src/outcome/codes.ts\`.
${table('Skipped', 'The object passes untouched. Metric: `buildless_admission_skips_total{reason}`.', SKIPS)}
${table('Refused', 'The object is refused, with every reason at once. Metric: `buildless_admission_refusals_total{code}`.', REFUSALS)}
${table('Warned', 'The object is admitted, and `kubectl` prints a line that begins with `Warning:`.', WARNINGS)}`;

describe('docs/outcomes.md', () => {
  it('lists every code of the enumeration with its cause and cure', async () => {
    const formatted = await format(expected, { parser: 'markdown', printWidth: 120 });
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(page, formatted);
    expect(readFileSync(page, 'utf8')).toBe(formatted);
  });
});
