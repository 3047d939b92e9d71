import { indexHosts } from './indexes.ts';
import { aboutLine, quote, type Rule } from './rule.ts';

/**
 * Hosts whose certificate is not checked: `--trusted-host`. Whoever is on the way can answer for them.
 *
 * no-latest refuses: a host of no index in `dependencies.registries.python` of the configuration; the public index as well, as it has a
 * certificate that every image trusts
 */
export const trustedHosts: Rule = function* ({ reading, settings }) {
  const allowed = new Set(indexHosts(settings).flatMap((host) => [host, host.replace(/:\d+$/, '')]));
  for (const option of reading.options) {
    if (option.name !== 'trusted-host' || allowed.has(option.value.toLowerCase())) continue;
    yield aboutLine(option, `--trusted-host ${option.value}`, {
      level: 'no-latest',
      problem: `the certificate of ${quote(option.value)} would not be checked, so anyone on the way can send other files`,
      fix: 'remove the option; where the index has a private CA, name it in pip.conf ("cert") of the Secret in buildless.dev/registry',
    });
  }
};
