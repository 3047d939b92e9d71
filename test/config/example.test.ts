import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { CONFIGURATION_FILE, keysAt } from '../../src/config/schema.ts';

const example = readFileSync(new URL('../../deploy/config.yaml', import.meta.url), 'utf8');
const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Every path of the schema, with a shipped row where a row may stand. */
function paths(prefix: readonly string[]): readonly string[][] {
  return keysAt(prefix).flatMap((key) => {
    const rows = { runtimes: ['nodejs22'], profiles: ['L'] }[key] ?? [];
    const below = [[...prefix, key], ...rows.map((row) => [...prefix, key, row])];
    return [[...prefix, key], ...below.flatMap(paths)];
  });
}

describe('deploy/config.yaml', () => {
  it('is exactly the defaults of the released version', () => {
    expect(manifest).toHaveProperty('version');
    const version = String(
      typeof manifest === 'object' && manifest !== null && 'version' in manifest && manifest.version,
    );
    const parsed = parseConfiguration(example, 'deploy/config.yaml');
    expect(parsed).toEqual({
      configuration: {
        ...DEFAULT_CONFIGURATION,
        toolkit: { ...DEFAULT_CONFIGURATION.toolkit, image: `ghcr.io/buildless-dev/toolkit:${version}` },
      },
      warnings: [],
    });
  });

  it('writes every default out, so that it does not depend on them', () => {
    const lines = example.split('\n').filter((line) => /^[a-z]/i.test(line));
    expect(lines.map((line) => line.replace(/:.*/, ''))).toEqual(Object.keys(CONFIGURATION_FILE.shape));
    for (const name of [
      ...Object.keys(DEFAULT_CONFIGURATION.runtimes),
      ...Object.keys(DEFAULT_CONFIGURATION.profiles),
    ]) {
      expect(example).toContain(`\n  ${name}:\n`);
    }
  });

  it.each(paths([]).map((path) => path.join('.')))('mentions %s', (path) => {
    expect(example).toMatch(new RegExp(`^ *(# )?${path.split('.').at(-1) ?? ''}:`, 'm'));
  });
});

describe('the defaults', () => {
  it('stand without zod, which costs 80 ms', () => {
    for (const file of ['defaults.ts', 'configuration.ts']) {
      const source = readFileSync(new URL(`../../src/config/${file}`, import.meta.url), 'utf8');
      expect(source).not.toMatch(/from '(zod|\.\/(schema|load|explain|reload|merge)\.ts)'/);
    }
  });
});
