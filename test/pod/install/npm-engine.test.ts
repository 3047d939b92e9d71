import { describe, expect, it } from 'vitest';
import { explainNpm } from '../../../src/pod/nodejs/install/npm-failure.ts';

const KNOWN = { registry: 'https://registry.npmjs.org/', versions: [], packages: new Map<string, string>() };

/** What npm 11 prints with `engine-strict`; with a lock file it does not know the name. */
const report = (name: string): string =>
  JSON.stringify({
    error: {
      code: 'EBADENGINE',
      summary: `Unsupported engine\nNot compatible with your version of node/npm: ${name}`,
      detail: `Not compatible with your version of node/npm: ${name}\nRequired: {"node":">=99"}\nActual:   {"node":"v20.20.2","npm":"11.19.1"}`,
    },
  });

describe('a package for another version of Node.js', () => {
  it.each([
    ['a@1.0.0', 'a@1.0.0'],
    ['undefined', 'a package'],
  ])('that npm calls %s is reported as %s, with what it needs', (named, shown) => {
    expect(explainNpm({ stdout: report(named), stderr: '', signal: null }, KNOWN)).toBe(
      `${shown} does not support this version of Node.js or npm: it needs {"node":">=99"}, and this is {"node":"v20.20.2","npm":"11.19.1"}; choose another version of it, or another buildless.dev/runtime`,
    );
  });
});
