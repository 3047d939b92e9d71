/** The administrator's proxies, for the programs that download a Function's source and dependencies. */

/** `proxy` of the configuration. */
export interface ProxySettings {
  /** Address of the proxy for addresses over http, e.g. `http://proxy.example:3128`. */
  readonly httpProxy?: string;
  /** For addresses over https; the proxy forwards TLS and does not see what is in it. */
  readonly httpsProxy?: string;
  /** Hosts and domains that are reached without a proxy. */
  readonly noProxy: readonly string[];
}

export const PROXY_VARIABLES = [
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
] as const;

export type ProxyVariables = Readonly<Partial<Record<(typeof PROXY_VARIABLES)[number], string>>>;

/**
 * The variables that npm, pip, bun, uv and Git read. Both spellings: Git (libcurl) reads only `http_proxy`, and where a program
 * reads both, another value in the spelling that it prefers would win.
 *
 * @returns none without a proxy
 */
export function proxyVariables({ httpProxy, httpsProxy, noProxy }: ProxySettings): ProxyVariables {
  if (httpProxy === undefined && httpsProxy === undefined) return {};
  return {
    ...(httpProxy !== undefined && { HTTP_PROXY: httpProxy, http_proxy: httpProxy }),
    ...(httpsProxy !== undefined && { HTTPS_PROXY: httpsProxy, https_proxy: httpsProxy }),
    ...(noProxy.length > 0 && { NO_PROXY: noProxy.join(','), no_proxy: noProxy.join(',') }),
  };
}
