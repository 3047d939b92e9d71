import type { DependencyFinding } from '../../policy.ts';
import { NPMRC, type NpmrcOddity, type NpmrcSetting, variableIn } from '../npmrc.ts';
import { installs, type NpmSource } from '../source.ts';

/** A finding about a line of `.npmrc`, without what is most often the same. */
export const aboutLine = (
  { line, column }: NpmrcSetting | NpmrcOddity,
  words: Pick<DependencyFinding, 'problem' | 'fix'> & Partial<Pick<DependencyFinding, 'code' | 'level'>>,
): DependencyFinding => ({ code: 'dependencies-invalid', level: 'no-latest', file: NPMRC, line, column, ...words });

/** The settings that an installation follows as they are written; those with variables are another rule's. */
export const followedSettings = (source: NpmSource): readonly NpmrcSetting[] =>
  installs(source)
    ? source.npmrc.settings.filter(({ key, value }) => variableIn(key) === undefined && variableIn(value) === undefined)
    : [];
