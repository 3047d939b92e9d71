import type { DependencySettings } from '../../settings.ts';
import { parseAddress, schemeOf } from '../format/addresses.ts';

/** The public index and the hosts of its files (docs.pypi.org/api/index-api). */
const PUBLIC_INDEX = 'https://pypi.org/simple';
const PUBLIC_FILES = ['pypi.org', 'files.pythonhosted.org'];

/** Whether the configuration allows an index. */
export const isAllowedIndex = (url: string, { registries }: DependencySettings): boolean =>
  [PUBLIC_INDEX, ...registries].some((allowed) => normal(allowed) === normal(url));

/** Whether files may come from an address: of the public index, or of the host of an allowed one. */
export const isAllowedHost = (url: string, settings: DependencySettings): boolean =>
  schemeOf(url) === 'https'
    ? [...PUBLIC_FILES, ...indexHosts(settings)].includes(parseAddress(url).host)
    : settings.registries.some(
        (index) => schemeOf(index) === schemeOf(url) && parseAddress(index).host === parseAddress(url).host,
      );

/** Hosts of the indexes that the configuration adds. */
export const indexHosts = ({ registries }: DependencySettings): readonly string[] =>
  registries.map((index) => parseAddress(index).host);

/** Scheme, host and path: neither credentials nor a slash at the end make another index. */
function normal(url: string): string {
  const { host, path } = parseAddress(url.trim());
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return `${schemeOf(url.trim()) ?? ''}://${host}${path.slice(0, end)}`;
}
