import type { ResolvedLock } from '../../src/resolve/resolver.ts';

/** Package to version. */
export function lockedVersions({ file, text }: ResolvedLock): Readonly<Record<string, string>> {
  if (file === 'pylock.toml') {
    const found = text.matchAll(/^name = "(.+)"\nversion = "(.+)"$/gm);
    return Object.fromEntries([...found].map(([, name = '', version = '']) => [name, version]));
  }
  const { packages: entries } = JSON.parse(text) as { packages: Record<string, { version: string }> };
  const placed = Object.entries(entries).filter(([place]) => place !== '');
  return Object.fromEntries(placed.map(([place, { version }]) => [place.replace('node_modules/', ''), version]));
}
