import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageVersion, versionedFiles, withVersion } from '../../scripts/version.mjs';
import { ROOT } from './shipped.ts';

describe('the version of package.json', () => {
  it('is in every text that names our version; else run npm run manifests', async () => {
    const version = await packageVersion();
    const files = await versionedFiles();
    const texts = await Promise.all(files.map((file) => readFile(path.join(ROOT, file), 'utf8')));
    expect(files.filter((_, index) => texts[index] !== withVersion(texts[index] ?? '', version))).toEqual([]);
    // The forms are those that are in use.
    const naming = files.filter((_, index) => texts[index] !== withVersion(texts[index] ?? '', '0.0.0-other'));
    expect(naming).toEqual(expect.arrayContaining(['README.md', 'docs/functions.md', 'docs/operations.md']));
    expect(naming).toEqual(
      expect.arrayContaining(['deploy/Dockerfile', 'deploy/base/deployment.yaml', 'deploy/base/config.yaml']),
    );
  });

  it.each([
    ['image: ghcr.io/buildless-dev/toolkit:0.2.0', 'image: ghcr.io/buildless-dev/toolkit:1.0.0-rc.1'],
    ['image: ghcr.io/buildless-dev/toolkit:0.2.0-rc.1.', 'image: ghcr.io/buildless-dev/toolkit:1.0.0-rc.1.'],
    ['./buildless-dev-buildless-0.2.0.tgz', './buildless-dev-buildless-1.0.0-rc.1.tgz'],
    ['[https://x/y//deploy/base?ref=v0.2.0]', '[https://x/y//deploy/base?ref=v1.0.0-rc.1]'],
    ['[https://x/y//deploy?ref=v0.2.0]', '[https://x/y//deploy?ref=v1.0.0-rc.1]'],
    ['**Status:** 0.2.0. The', '**Status:** 1.0.0-rc.1. The'],
    ['image: node:22.3.0-slim, axios 1.7.9, ghcr.io/other/toolkit:0.2.0', undefined],
  ])('is put into %s', (text, wanted) => {
    const changed = withVersion(text, '1.0.0-rc.1');
    expect(changed).toBe(wanted ?? text);
    expect(withVersion(withVersion(changed, '2.0.0'), '1.0.0-rc.1')).toBe(changed);
  });
});
