/** Groups and specs of another type than npm expects; it ends with "must provide string spec", or installs a list's positions. */
import type { DependencyFinding } from '../../policy.ts';
import { isJsonObject } from '../../../json/object.ts';
import { nameOf } from '../json-file.ts';
import { INSTALLED_GROUPS } from '../groups.ts';
import type { PackageJson } from '../package-json.ts';
import { quote } from './advice.ts';
import type { SourceRule } from './rule.ts';
import { unreadable } from './unreadable.ts';

export const packageJsonShape: SourceRule = ({ packageJsons, broken }) => [
  ...broken.map(unreadable),
  ...[...packageJsons.values()].flatMap((packageJson) =>
    INSTALLED_GROUPS.flatMap((group) => judgeGroup(packageJson, group)),
  ),
];

function judgeGroup({ file, json }: PackageJson, group: string): readonly DependencyFinding[] {
  const specs = json.value[group];
  const base = { code: 'dependencies-invalid', level: 'no-latest', file } as const;
  if (specs === undefined || specs === null) return [];
  if (!isJsonObject(specs)) {
    return [
      {
        ...base,
        ...json.positionOf([group]),
        problem: `${group} is ${nameOf(specs)} where npm expects an object`,
        fix: 'write { "NAME": "VERSION" }',
      },
    ];
  }
  return Object.entries(specs).flatMap(([name, spec]): readonly DependencyFinding[] =>
    typeof spec === 'string'
      ? []
      : [
          {
            ...base,
            ...json.positionOf([group, name]),
            package: name,
            problem: `the version of ${quote(name)} is ${nameOf(spec)} where npm expects text`,
            fix: 'write a version in quotes, such as "1.2.3"',
          },
        ],
  );
}
