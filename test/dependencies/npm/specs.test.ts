import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { LEVELS, refuses } from '../../../src/dependencies/policy.ts';
import { judge } from './source-of.ts';

const ROWS = z
  .array(
    z.strictObject({
      spec: z.string(),
      group: z.string().default('dependencies'),
      refused: z.enum(['ok', 'no-latest', 'exact']),
      code: z.enum(['invalid', 'credential']).optional(),
      why: z.string().optional(),
    }),
  )
  .parse(parse(readFileSync(path.join(import.meta.dirname, 'specs.yaml'), 'utf8')));

const CODES = { invalid: 'dependencies-invalid', credential: 'credential-in-source' } as const;

describe('specs.yaml', () => {
  it('has at least 160 rows, and none twice', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(160);
    const keys = ROWS.map(({ group, spec }) => `${group} ${spec}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it.each(ROWS)('$group: "$spec" is refused from $refused on', ({ group, spec, refused, code }) => {
    const findings = judge({
      'package.json': { [group]: { axios: spec } },
      'lib/package.json': { name: 'lib', version: '1.0.0' },
      'vendor/pkg.tgz': 'an archive',
    });
    const own = findings.filter(
      (finding) => finding.package === 'axios' && (finding.code === CODES.credential) === (code === 'credential'),
    );
    expect(own.map(({ level, code: found }) => [level, found])).toEqual(
      refused === 'ok' ? [] : [[refused, code === undefined ? 'dependencies-float' : CODES[code]]],
    );
    const levels = LEVELS.filter((level) => own.some((finding) => refuses(level, finding)));
    expect(levels).toEqual(refused === 'ok' ? [] : LEVELS.slice(LEVELS.indexOf(refused)));
  });
});
