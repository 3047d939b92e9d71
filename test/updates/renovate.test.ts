import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { at, listAt, ROOT } from '../installation/shipped.ts';

const page = readFileSync(path.join(ROOT, 'docs/updates.md'), 'utf8');
const configuration: unknown = JSON.parse(/<!-- renovate -->\s*```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '{}');

const MANIFEST = `data:
  package.json: |
    { "dependencies": {
      "ms":   "2.1.1", "@scope/left.pad": "1.0.0-rc.1",
      "semver": "^7.0.0", "@scope/left_pad": "1.0.0" } }
  requirements.txt: |
    flask==2.2.0  # web
    urllib3>=2
`;

it('docs/updates.md gives Renovate expressions that find pins in ConfigMaps, and no ranges', () => {
  const found = listAt(configuration, 'customManagers').flatMap((manager) => {
    const patterns = listAt(manager, 'managerFilePatterns').map((text) => new RegExp(String(text).slice(1, -1)));
    expect(patterns.some((pattern) => pattern.test('deploy/shop.yaml'))).toBe(true);
    return listAt(manager, 'matchStrings').flatMap((text) =>
      [...MANIFEST.matchAll(new RegExp(String(text), 'g'))].map(
        ({ groups }) =>
          `${String(at(manager, 'datasourceTemplate'))} ${groups?.depName ?? ''} ${groups?.currentValue ?? ''}`,
      ),
    );
  });
  expect(found).toEqual(['npm ms 2.1.1', 'npm @scope/left_pad 1.0.0', 'pypi flask 2.2.0']);
});
