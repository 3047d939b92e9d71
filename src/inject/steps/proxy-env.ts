import type { V1EnvVar } from '@kubernetes/client-node';
import {
  ADDRESS_VARIABLES,
  noProxyVariables,
  PROXY_KEY,
  type ProxySettings,
  proxyVariables,
} from '../../installers/proxies.ts';
import { literal } from '../literal.ts';

/** `env` of an init container: the administrator's proxies, those with a password from a Secret, which the Pod only names. */
export function proxyEnv(proxy: ProxySettings): V1EnvVar[] {
  const { secret } = proxy;
  const values = secret === undefined ? proxyVariables(proxy) : noProxyVariables(proxy);
  const addresses = secret === undefined ? [] : ADDRESS_VARIABLES.map((name) => fromSecret(name, secret));
  return [...addresses, ...Object.entries(values).map(([name, value]) => ({ name, value: literal(value) }))];
}

const fromSecret = (variable: string, secret: string): V1EnvVar => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: secret, key: PROXY_KEY } },
});
