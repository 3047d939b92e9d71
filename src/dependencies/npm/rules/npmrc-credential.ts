/**
 * Tokens and passwords in the source, which more people read than a Secret. The installed packages are the same, so the loosest
 * level lets it pass and the default configuration warns.
 */
import { secretsOf, variableIn } from '../npmrc.ts';
import { quote } from './advice.ts';
import { aboutLine } from './npmrc-finding.ts';
import type { SourceRule } from './rule.ts';

export const npmrcCredential: SourceRule = ({ npmrc }) =>
  npmrc.settings
    .filter((setting) => variableIn(setting.value) === undefined && secretsOf(setting).length > 0)
    .map((setting) =>
      aboutLine(setting, {
        code: 'credential-in-source',
        level: 'exact',
        problem: `${quote(setting.key)} holds a credential, and whoever can read the source can read it`,
        fix: 'have it replaced, and put the new one into .npmrc of a Secret that buildless.dev/registry names',
      }),
    );
