/** npm's own; it asks the configured registry instead wherever a lock names this one (`replace-registry-host`). */
export const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/** Tells whether a lock may name an address. */
export function registryCheck(allowed: readonly string[]): (resolved: string) => boolean {
  // Without the slash, https://npm.example would also allow https://npm.example.attacker.example.
  const prefixes = [PUBLIC_REGISTRY, PUBLIC_REGISTRY.replace('https:', 'http:'), ...allowed.map(withSlash)];
  return (resolved) => {
    if (resolved.startsWith(PUBLIC_REGISTRY) && !resolved.includes('/..') && !resolved.includes('\\')) return true;
    if (!URL.canParse(resolved)) return false;
    const { href } = new URL(resolved);
    return prefixes.some((prefix) => href.startsWith(prefix));
  };
}

/**
 * Tells whether a setting may make an address a registry. npm asks it as it is there: the public one over http, which a
 * lock may name, would be asked over http.
 */
export function registrySettingCheck(allowed: readonly string[]): (address: URL) => boolean {
  const prefixes = [PUBLIC_REGISTRY, ...allowed.map(withSlash)];
  return (address) => {
    const bare = new URL(address);
    bare.username = '';
    bare.password = '';
    const href = withSlash(bare.href);
    return prefixes.some((prefix) => href.startsWith(prefix));
  };
}

const withSlash = (address: string): string => {
  const href = URL.canParse(address) ? new URL(address).href : address;
  return href.endsWith('/') ? href : `${href}/`;
};

/** Origin of an address for a message, without what may be a password. */
export function hostOf(address: string): string {
  return URL.canParse(address) && new URL(address).host !== '' ? new URL(address).host : 'no known host';
}
