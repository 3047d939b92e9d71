/** A package that is in devDependencies, too: npm counts it as one of those, so that a Function is left without it. */
import { isJsonObject } from '../json-file.ts';
import { quote } from './advice.ts';
import type { SourceRule } from './rule.ts';

const GROUPS = ['dependencies', 'optionalDependencies'] as const;

export const developmentToo: SourceRule = ({ root }) =>
  GROUPS.flatMap((group) => {
    const specs = root.json.value[group];
    const names = isJsonObject(specs) ? Object.keys(specs) : [];
    return names
      .filter((name) => root.development.has(name))
      .map((name) => ({
        code: 'dependencies-invalid' as const,
        level: 'no-latest' as const,
        file: root.file,
        ...root.json.positionOf([group, name], 'key'),
        package: name,
        problem: `${quote(name)} is in devDependencies, too, and npm leaves it out of an installation without those`,
        fix: 'remove it from devDependencies',
      }));
  });
