/**
 * Settings by which npm would do what nobody has judged: read settings of another file (`globalconfig`), start another program
 * beside the registry's credentials, install scripts or not (`git`), or install devDependencies (`include`, `also`, `dev`,
 * `production`). The rest changes nothing that is promised, or goes behind the arguments of buildless-install.
 */
import { quote } from './advice.ts';
import { aboutLine, followedSettings } from './npmrc-finding.ts';
import type { SourceRule } from './rule.ts';

interface Refused {
  readonly isRefused: (value: string) => boolean;
  readonly problem: string;
  readonly fix: string;
}

const DEVELOPMENT = {
  problem: 'brings in devDependencies, which are not judged',
  fix: 'remove the line, and list in dependencies what the Function needs',
};

const REFUSED: Readonly<Record<string, Refused>> = {
  globalconfig: {
    isRefused: () => true,
    problem: 'names another file of settings, which are not judged',
    fix: 'remove the line, and write here what the file has',
  },
  git: {
    isRefused: (value) => value !== 'git',
    problem: 'names a program that npm starts where the credentials of the registry are',
    fix: 'remove the line',
  },
  include: { isRefused: (value) => value.includes('dev'), ...DEVELOPMENT },
  also: { isRefused: (value) => value.startsWith('dev'), ...DEVELOPMENT },
  dev: { isRefused: (value) => value !== 'false', ...DEVELOPMENT },
  production: { isRefused: (value) => value !== 'true' && value !== '', ...DEVELOPMENT },
};

export const npmrcSetting: SourceRule = (source) =>
  followedSettings(source).flatMap((setting) => {
    const refused = Object.hasOwn(REFUSED, setting.key) ? REFUSED[setting.key] : undefined;
    if (refused?.isRefused(setting.value) !== true) return [];
    return [aboutLine(setting, { problem: `${quote(setting.key)} ${refused.problem}`, fix: refused.fix })];
  });
