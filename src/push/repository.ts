import { withoutEndingSlashes, withoutLeadingSlashes } from '../function/slashes.ts';

/** As `formatSource` bounds the address of a source. */
const LONGEST_ADDRESS = 4096;

/**
 * What all addresses of one repository have in common: host and path, without scheme, user, port and `.git`, in lower case. Hosts
 * that differ only in case are the same; two repositories that differ only in case may be confused, which costs a lookup.
 *
 * @param address an address of https, ssh or git, or `USER@HOST:PATH` as ssh has it
 * @returns undefined if it is none of them
 *
 * @example repositoryOf('git@git.example:acme/shop.git') // 'git.example/acme/shop'
 */
export function repositoryOf(address: string): string | undefined {
  if (address.length > LONGEST_ADDRESS) return undefined;
  const { host, path } = address.includes('://') ? partsOfUrl(address) : partsOfScp(address);
  const name = withoutEndingSlashes(withoutLeadingSlashes(path)).toLowerCase();
  const short = name.endsWith('.git') ? name.slice(0, -'.git'.length) : name;
  return host === '' || short === '' ? undefined : `${host.toLowerCase()}/${short}`;
}

interface Parts {
  readonly host: string;
  readonly path: string;
}

const NONE: Parts = { host: '', path: '' };

function partsOfUrl(address: string): Parts {
  if (!URL.canParse(address)) return NONE;
  const { hostname, pathname } = new URL(address);
  return { host: hostname, path: pathname };
}

/** Source: git-fetch(1), "GIT URLS". */
function partsOfScp(address: string): Parts {
  const colon = address.indexOf(':');
  if (colon === -1) return NONE;
  const host = address.slice(address.lastIndexOf('@', colon) + 1, colon);
  return { host, path: address.slice(colon + 1) };
}
