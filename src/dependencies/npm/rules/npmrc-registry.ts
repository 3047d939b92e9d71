/**
 * Registries that the source names: `registry`, `@SCOPE:registry`. They go before that of the Secret in buildless.dev/registry,
 * so whoever can publish there chooses what is installed (dependency confusion).
 */
import { hostOf, registrySettingCheck } from '../registries.ts';
import { quote } from './advice.ts';
import { aboutLine, followedSettings } from './npmrc-finding.ts';
import type { SourceRule } from './rule.ts';

export const npmrcRegistry: SourceRule = (source) => {
  const isAllowed = registrySettingCheck(source.settings.registries);
  return followedSettings(source).flatMap((setting) => {
    const { key, value } = setting;
    if (key !== 'registry' && !/^@.*:registry$/i.test(key)) return [];
    if (!/^https?:/i.test(value) || !URL.canParse(value)) {
      return [
        aboutLine(setting, {
          problem: `the value of ${quote(key)} is not an address over https or http`,
          fix: 'write https://HOST/PATH/, or remove the line',
        }),
      ];
    }
    if (isAllowed(new URL(value))) return [];
    return [
      aboutLine(setting, {
        problem: `${quote(key)} is at ${hostOf(value)}, which is not a registry that the configuration allows, and whoever can publish there chooses what is installed`,
        fix: 'remove the line, or have the administrator add the registry to dependencies.registries.nodejs of the configuration',
      }),
    ];
  });
};
