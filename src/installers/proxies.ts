/** The administrator's proxies, for the programs that download a Function's source and dependencies. */

/** `proxy` of the configuration. */
export interface ProxySettings {
  /** Address of the proxy for addresses over http, e.g. `http://proxy.example:3128`. */
  readonly httpProxy?: string;
  /** For addresses over https; the proxy forwards TLS and does not see what is in it. */
  readonly httpsProxy?: string;
  /** Name of a Secret of each Function's namespace whose key PROXY_KEY is the address, for http and https; then the two are absent. */
  readonly secret?: string;
  /** Hosts and domains that are reached without a proxy. */
  readonly noProxy: readonly string[];
}

/** The key of the Secret: an address with a password, as the variables have it. */
export const PROXY_KEY = 'proxy';

/** Those of PROXY_VARIABLES that have an address. */
export const ADDRESS_VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'] as const;

export const PROXY_VARIABLES = [...ADDRESS_VARIABLES, 'NO_PROXY', 'no_proxy'] as const;

export type ProxyVariables = Readonly<Partial<Record<(typeof PROXY_VARIABLES)[number], string>>>;

/**
 * The variables that npm, pip, bun, uv and Git read. Both spellings: Git (libcurl) reads only `http_proxy`, and where a program
 * reads both, another value in the spelling that it prefers would win.
 *
 * @returns none without an address: the one of a Secret is known in Pods only
 */
export function proxyVariables(settings: ProxySettings): ProxyVariables {
  const { httpProxy, httpsProxy } = settings;
  if (httpProxy === undefined && httpsProxy === undefined) return {};
  return {
    ...(httpProxy !== undefined && { HTTP_PROXY: httpProxy, http_proxy: httpProxy }),
    ...(httpsProxy !== undefined && { HTTPS_PROXY: httpsProxy, https_proxy: httpsProxy }),
    ...noProxyVariables(settings),
  };
}

/** Those that name what is reached without a proxy. */
export const noProxyVariables = ({ noProxy }: ProxySettings): ProxyVariables =>
  noProxy.length > 0 ? { NO_PROXY: noProxy.join(','), no_proxy: noProxy.join(',') } : {};
