/**
 * Tokens and passwords in the addresses that a package.json names, also for development, which is not installed and is read
 * all the same.
 */
import { holdsCredential } from '../../credentials.ts';
import type { DependencyFinding } from '../../policy.ts';
import type { Asked } from '../package-json.ts';
import type { NpmSource } from '../source.ts';
import { aboutCredential } from './credential.ts';
import type { SourceRule } from './rule.ts';

export const packageJsonCredential: SourceRule = (source) =>
  [...asked(source)]
    .filter(({ spec }) => holdsCredential(spec))
    .map(({ name, spec, path, packageJson }): DependencyFinding => ({
      ...aboutCredential(spec),
      file: packageJson.file,
      ...packageJson.json.positionOf(path),
      package: name,
    }));

function* asked({ packageJsons, overrides }: NpmSource): Generator<Asked> {
  for (const packageJson of packageJsons.values()) {
    yield* packageJson.installed.values();
    for (const [name, spec] of packageJson.development) {
      yield { name, spec, path: ['devDependencies', name], packageJson };
    }
  }
  yield* overrides.rules;
}
