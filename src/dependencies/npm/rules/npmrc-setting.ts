/**
 * Settings by which npm would do what nobody has judged: read settings of another file (`globalconfig`), start another program
 * beside the registry's credentials, install scripts or not (`git`), or install devDependencies (`include`, `also`, `dev`,
 * `production`). And those by which npm does not install what the lock has. The rest changes nothing that is promised, or goes behind the arguments of buildless-install.
 */
import type { DependencyFinding } from '../../policy.ts';
import { quote } from './advice.ts';
import { aboutLine, followedSettings } from './npmrc-finding.ts';
import type { SourceRule } from './rule.ts';

interface Refused {
  readonly isRefused: (value: string) => boolean;
  readonly problem: string;
  readonly fix: string;
  readonly level?: DependencyFinding['level'];
}

const DEVELOPMENT = {
  problem: 'brings in devDependencies, which are not judged',
  fix: 'remove the line, and list in dependencies what the Function needs',
};

const OTHER_THAN_LOCK = {
  level: 'locked',
  fix: 'remove the line, and write package-lock.json again with "buildless lock"',
} as const;

const isOn = (value: string): boolean => value !== 'false' && value !== '';

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
  'legacy-peer-deps': {
    isRefused: isOn,
    problem: 'has npm 11 leave out peers that the lock has, and npm 10 install them',
    ...OTHER_THAN_LOCK,
  },
  'install-links': {
    isRefused: isOn,
    problem: 'has npm pack and install a folder that the lock has a link to',
    ...OTHER_THAN_LOCK,
  },
  'install-strategy': {
    isRefused: (value) => value === 'linked',
    problem: 'has npm install packages elsewhere than the lock has them',
    ...OTHER_THAN_LOCK,
  },
};

export const npmrcSetting: SourceRule = (source) =>
  followedSettings(source).flatMap((setting) => {
    const refused = Object.hasOwn(REFUSED, setting.key) ? REFUSED[setting.key] : undefined;
    if (refused?.isRefused(setting.value) !== true) return [];
    const { problem, fix, level = 'no-latest' } = refused;
    return [aboutLine(setting, { level, problem: `${quote(setting.key)} ${problem}`, fix })];
  });
