import { describe, expect, it } from 'vitest';
import { filesOfLockAlone } from '../../src/revision/lock-alone.ts';
import { configured, found } from '../denied/lists.ts';

const DENIED = configured({
  nodejs: [{ name: 'axios', versions: '1.14.1', reason: 'bad' }],
  python: [{ name: 'evil', versions: '==2.0', reason: 'bad' }],
});
const textsOf = (file: string, text: string): Record<string, string> =>
  Object.fromEntries(
    [...filesOfLockAlone({ kind: 'lock', file, text })].map(([name, content]) => [
      name,
      Buffer.from(content).toString('utf8'),
    ]),
  );

describe('a lock of the controller without its source', () => {
  it('shows what is in it, with who asks for it', () => {
    const lock = {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { shop: '1.0.0' } },
        'node_modules/shop': { version: '1.0.0', dependencies: { axios: '^1.0.0' } },
        'node_modules/axios': { version: '1.14.1' },
      },
    };
    expect(found(DENIED, textsOf('package-lock.json', JSON.stringify(lock)))).toMatchObject([
      { path: 'package.json > shop@1.0.0 > axios@1.14.1' },
    ]);
  });

  it('shows packages of Python', () => {
    const lock = `lock-version = "1.0"\n[[packages]]\nname = "evil"\nversion = "2.0"\nwheels = [{ name = "evil-2.0-py3-none-any.whl", url = "https://pypi.example/evil-2.0-py3-none-any.whl", hashes = {sha256 = "00"} }]\n`;
    expect(found(DENIED, textsOf('pylock.toml', lock), 'python')).toMatchObject([{ path: 'pylock.toml:2 > evil@2.0' }]);
  });

  it('has nothing to show if it cannot be read', () => {
    expect(found(DENIED, textsOf('package-lock.json', '{'))).toEqual([]);
  });
});
