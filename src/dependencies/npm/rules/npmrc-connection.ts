/**
 * The way to the registries: certificates that are not checked (`strict-ssl=false`) or that the source itself vouches for
 * (`ca`, `cafile`), and proxies, which see and change what comes over http.
 */
import { quote } from './advice.ts';
import { aboutLine, followedSettings } from './npmrc-finding.ts';
import type { SourceRule } from './rule.ts';

const OWN_AUTHORITY = {
  problem:
    'is of the source, and whoever has the key of a certificate in it can send packages in the name of each registry',
  fix: 'remove the line; the authority of a private registry belongs in .npmrc ("ca") of the Secret in buildless.dev/registry',
};
const PROXY = {
  problem: 'is a proxy that the source names, and what comes over http can be changed there',
  fix: "remove the line; a cluster's proxy belongs in .npmrc of the Secret in buildless.dev/registry",
};

const CONNECTION: Readonly<Record<string, typeof PROXY>> = {
  'strict-ssl': {
    problem: 'is off, so that no certificate is checked, and anyone on the way can send other packages',
    fix: 'remove the line; the authority of a private registry belongs in .npmrc ("ca") of the Secret in buildless.dev/registry',
  },
  ca: OWN_AUTHORITY,
  cafile: OWN_AUTHORITY,
  proxy: PROXY,
  'https-proxy': PROXY,
};

export const npmrcConnection: SourceRule = (source) =>
  followedSettings(source).flatMap((setting) => {
    const { key, value } = setting;
    const words = Object.hasOwn(CONNECTION, key) ? CONNECTION[key] : undefined;
    if (words === undefined || isHarmless(key, value)) return [];
    return [aboutLine(setting, { problem: `${quote(key)} ${words.problem}`, fix: words.fix })];
  });

const isHarmless = (key: string, value: string): boolean =>
  key === 'strict-ssl' ? value === 'true' || value === '' : ['', 'null', 'false'].includes(value);
