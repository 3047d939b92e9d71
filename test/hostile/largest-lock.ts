import type { Texts } from './sources.ts';

/** A package.json with a complete, sound lock, whose packages have names of their own. */
export function largestLock(count: number, prefix: string): Texts {
  const names = Array.from({ length: count }, (_, n) => `${prefix}${n}`);
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const packages = Object.fromEntries(
    names.map((name) => [
      `node_modules/${name}`,
      {
        version: '1.0.0',
        resolved: `https://registry.npmjs.org/${name}/-/${name}-1.0.0.tgz`,
        integrity: `sha512-${'A'.repeat(86)}==`,
      },
    ]),
  );
  return {
    'package.json': JSON.stringify({ name: 'a', version: '1.0.0', dependencies }),
    'package-lock.json': JSON.stringify({
      name: 'a',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': { name: 'a', version: '1.0.0', dependencies }, ...packages },
    }),
  };
}
