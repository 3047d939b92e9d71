import { PUBLIC_REGISTRY } from '../dependencies/npm/registries.ts';

const PUBLIC_HOST = new URL(PUBLIC_REGISTRY).host;

/**
 * The address that npm asks for a package which a lock has at `resolved`: whatever the lock has of the public registry comes
 * from the configured one (`replace-registry-host`, reify.js of npm's arborist). A path that the configured registry has is put
 * in front.
 *
 * @param registry that of packages without a scope: npm takes it for scoped ones as well
 */
export function addressAskedFor(resolved: string, registry: string): string {
  if (!URL.canParse(resolved) || !URL.canParse(registry)) return resolved;
  const address = new URL(resolved);
  if (address.host !== PUBLIC_HOST) return resolved;
  const { protocol, host, pathname } = new URL(registry);
  address.protocol = protocol;
  address.host = host;
  // A host without a port leaves the port of the address as it is, which is the default one of a public address.
  const folder = pathname.replace(/\/$/, '');
  if (!address.pathname.startsWith(`${folder}/`)) address.pathname = `${folder}${address.pathname}`;
  return address.href;
}
