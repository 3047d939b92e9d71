/** A package that is also in devDependencies: npm counts it as one of those, so that a Function is left without it. */
import { INSTALLED_GROUPS } from '../groups.ts';
import { isJsonObject } from '../../../json/object.ts';
import { quote } from './advice.ts';
import type { SourceRule } from './rule.ts';

/** npm installs a peer that is also in devDependencies for those who install the package, which nobody does here. */
const GROUPS = INSTALLED_GROUPS.filter((group) => group !== 'peerDependencies');

export const developmentToo: SourceRule = ({ packageJsons }) =>
  [...packageJsons.values()].flatMap(({ development, file, json }) =>
    GROUPS.flatMap((group) => {
      const specs = json.value[group];
      const names = isJsonObject(specs) ? Object.keys(specs) : [];
      return names
        .filter((name) => development.has(name))
        .map((name) => ({
          code: 'dependencies-invalid' as const,
          level: 'no-latest' as const,
          file,
          ...json.positionOf([group, name], 'key'),
          package: name,
          problem: `${quote(name)} is also in devDependencies, and npm leaves it out of an installation without those`,
          fix: 'remove it from devDependencies',
        }));
    }),
  );
