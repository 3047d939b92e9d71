import npa from 'npm-package-arg';
import { isJsonObject } from '../../json/object.ts';
import { REFERENCE_ORDER } from './groups.ts';
import { nameOf } from './json-file.ts';
import { type Asked, DEEPEST_OVERRIDE, type PackageJson } from './package-json.ts';
import { LONGEST_KEY } from './spec.ts';

/** One override: what npm installs instead of what a package asks for. */
export interface Override extends Asked {
  /** The versions that it replaces, `*` for all. */
  readonly replaces: string;
  /** `$NAME` with what NAME stands for; else the spec. Undefined if NAME stands for nothing. */
  readonly resolved: string | undefined;
  /** Holds below another package only. */
  readonly nested: boolean;
  /** The reference is to something that is judged where it stands. */
  readonly judgedElsewhere: boolean;
}

interface OverrideProblem {
  readonly path: readonly string[];
  readonly problem: string;
  readonly fix: string;
}

export interface Overrides {
  readonly rules: readonly Override[];
  readonly problems: readonly OverrideProblem[];
}

/** Each is looked at for each package that asks for the name, so that their number must not grow with the file. */
const MOST_RULES = 20;
/** Alternatives (`||`) of the versions that one replaces: each is held against each of what is asked for. */
const MOST_ALTERNATIVES = 10;

/**
 * Reads `overrides` (https://docs.npmjs.com/cli/configuring-npm/package-json#overrides). npm takes those of the root
 * only, at any depth; where an object has no `.`, the versions in its name are what is installed.
 */
export function readOverrides(packageJson: PackageJson): Overrides {
  const rules: Override[] = [];
  const problems: OverrideProblem[] = [];
  const counts = new Map<string, number>();
  const { overrides } = packageJson.json.value;
  if (overrides === undefined) return { rules, problems };

  const read = (key: string, value: unknown, path: readonly string[]): void => {
    const selector = parseKey(key);
    if (selector === undefined) {
      problems.push({ path, problem: `"${key}" names no package to override`, fix: 'write NAME or NAME@RANGE' });
      return;
    }
    if (selector.replaces.split('||').length > MOST_ALTERNATIVES) {
      problems.push({
        path,
        problem: `the override of "${selector.name}" replaces more than ${MOST_ALTERNATIVES} ranges`,
        fix: 'write one range that has all of them in it',
      });
      return;
    }
    if (typeof value !== 'string' && !isJsonObject(value)) {
      problems.push({
        path,
        problem: `the override of "${key}" is ${nameOf(value)}`,
        fix: 'write a version as text, or an object',
      });
      return;
    }
    if (path.length > DEEPEST_OVERRIDE) {
      problems.push({
        path,
        problem: `overrides are nested deeper than ${DEEPEST_OVERRIDE} levels`,
        fix: 'flatten them',
      });
      return;
    }
    const rulesOfName = (counts.get(selector.name) ?? 0) + 1;
    counts.set(selector.name, rulesOfName);
    if (rulesOfName > MOST_RULES) {
      if (rulesOfName === MOST_RULES + 1) {
        problems.push({
          path,
          problem: `"${selector.name}" has more than ${MOST_RULES} overrides`,
          fix: 'leave one for each version that has to be replaced',
        });
      }
      return;
    }
    const own = typeof value === 'string' ? value : value['.'];
    if (own !== undefined && typeof own !== 'string') {
      problems.push({
        path: [...path, '.'],
        problem: `the override of "${key}" is ${nameOf(own)}`,
        fix: 'write a version as text',
      });
    } else if (own !== undefined || selector.replaces !== '*') {
      const spec = own ?? selector.replaces;
      rules.push({
        name: selector.name,
        replaces: selector.replaces,
        spec,
        path: own !== undefined && typeof value !== 'string' ? [...path, '.'] : path,
        packageJson,
        nested: path.length > 2,
        ...dereference(spec, packageJson),
      });
    }
    if (typeof value !== 'string') {
      for (const [child, inner] of Object.entries(value)) if (child !== '.') read(child, inner, [...path, child]);
    }
  };

  if (isJsonObject(overrides)) {
    for (const [key, value] of Object.entries(overrides)) if (key !== '.') read(key, value, ['overrides', key]);
  } else {
    problems.push({
      path: ['overrides'],
      problem: `overrides is ${nameOf(overrides)} where npm expects an object`,
      fix: 'write { "NAME": "VERSION" }',
    });
  }
  return { rules, problems };
}

function parseKey(key: string): { readonly name: string; readonly replaces: string } | undefined {
  if (key.length > LONGEST_KEY) return undefined;
  try {
    const { name, rawSpec } = npa(key, '/source');
    return !name ? undefined : { name, replaces: rawSpec.trim() === '' ? '*' : rawSpec.trim() };
  } catch {
    return undefined;
  }
}

function dereference(
  spec: string,
  packageJson: PackageJson,
): { resolved: string | undefined; judgedElsewhere: boolean } {
  if (!spec.startsWith('$')) return { resolved: spec, judgedElsewhere: false };
  const name = spec.slice(1);
  for (const group of REFERENCE_ORDER) {
    const specs = packageJson.json.value[group];
    if (!isJsonObject(specs) || !Object.hasOwn(specs, name)) continue;
    const found = specs[name];
    if (typeof found === 'string' && found !== '') {
      return { resolved: found, judgedElsewhere: packageJson.installed.get(name)?.group === group };
    }
  }
  return { resolved: undefined, judgedElsewhere: false };
}
