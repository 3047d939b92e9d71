/** Names that no package of a registry can have (validate-npm-package-name); npm ends with EINVALIDPACKAGENAME. */
import validate from 'validate-npm-package-name';
import type { DependencyFinding } from '../../policy.ts';
import type { Asked } from '../package-json.ts';
import { isValidName } from '../valid-name.ts';
import { quote } from './advice.ts';
import type { SourceRule } from './rule.ts';

/** npm allows longer ones of old; what is longer than this is not a name. */
const LONGEST_NAME = 1024;

export const packageName: SourceRule = ({ packageJsons }) =>
  [...packageJsons.values()].flatMap(({ installed }) => [...installed.values()].flatMap(judge));

export const isPackageName = (name: string): boolean => name.length <= LONGEST_NAME && isValidName(name);

function judge({ name, spec, path, packageJson }: Asked): readonly DependencyFinding[] {
  if (isPackageName(name)) return [];
  const reason = name.length > LONGEST_NAME ? 'it is too long' : (validate(name).errors ?? []).join(', ');
  return [
    {
      code: 'dependencies-invalid',
      level: 'no-latest',
      file: packageJson.file,
      ...packageJson.json.positionOf(path, 'key'),
      package: name,
      spec,
      problem: `${quote(name)} is not a package name: ${reason}`,
      fix: 'correct the name, or remove it',
    },
  ];
}
