import { readFile } from 'node:fs/promises';
import path from 'node:path';
import semver from 'semver';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Lock {
  readonly packages: Readonly<Record<string, { readonly engines?: { readonly node?: string } }>>;
}

const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(path.join(ROOT, file), 'utf8'));

describe('npm ci and both commands of the README', () => {
  it.each(['20.19.0', '22.13.0', '24.0.0', '26.0.0'])('need no package that excludes Node.js %s', async (version) => {
    const { packages } = (await read('package-lock.json')) as Lock;
    const excluding = Object.entries(packages)
      .filter(([, { engines }]) => engines?.node !== undefined && !semver.satisfies(version, engines.node))
      .map(([name, { engines }]) => `${name}: ${engines?.node ?? ''}`);
    expect(excluding).toEqual([]);
  });

  it('stop on no Node.js that only a package of the tests excludes', async () => {
    expect(await readFile(path.join(ROOT, '.npmrc'), 'utf8')).not.toContain('engine-strict');
  });
});
