import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/load.ts';
import { unpinnedRuntimes } from '../../src/config/unpinned-runtimes.ts';

const RUNTIME = '  mine: { language: nodejs, version: "22", interpreter: node, image: "registry.example/node:22.1.0" }';
const DIGEST = `@sha256:${'a'.repeat(64)}`;

function warned(text: string): string | undefined {
  const loaded = parseConfiguration(text, 'config.yaml');
  if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
  return unpinnedRuntimes(loaded.configuration)?.problem;
}

describe('runtimes whose image has no digest', () => {
  it.each(['{ enforce: locked }', '{ enforce: locked, floor: locked }'])('are named in one warning at %s', (levels) => {
    expect(warned(`dependencies: ${levels}\nruntimes:\n${RUNTIME}\n`)).toMatch(/without a digest: nodejs20, .*, mine$/);
  });

  it.each(['{}', '{ enforce: exact, floor: exact }'])('are no matter at %s', (levels) => {
    expect(warned(`dependencies: ${levels}\nruntimes:\n${RUNTIME}\n`)).toBeUndefined();
  });

  it('leave out those that have one', () => {
    const pinned = RUNTIME.replace('22.1.0', `22.1.0${DIGEST}`);
    expect(warned(`dependencies: { enforce: locked }\nruntimes:\n${pinned}\n`)).not.toContain('mine');
  });
});
