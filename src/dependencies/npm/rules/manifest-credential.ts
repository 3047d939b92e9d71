/**
 * Tokens and passwords in the addresses that a package.json names, also for development, which is not installed and is read
 * all the same.
 */
import { holdsCredential } from '../../credentials.ts';
import type { DependencyFinding } from '../../policy.ts';
import type { Asked } from '../manifest.ts';
import type { NpmSource } from '../source.ts';
import { aboutCredential } from './credential.ts';
import type { SourceRule } from './rule.ts';

export const manifestCredential: SourceRule = (source) =>
  [...asked(source)]
    .filter(({ spec }) => holdsCredential(spec))
    .map(({ name, spec, path, manifest }): DependencyFinding => ({
      ...aboutCredential(spec),
      file: manifest.file,
      ...manifest.json.positionOf(path),
      package: name,
    }));

function* asked({ manifests, overrides }: NpmSource): Generator<Asked> {
  for (const manifest of manifests.values()) {
    yield* manifest.installed.values();
    for (const [name, spec] of manifest.development) {
      yield { name, spec, path: ['devDependencies', name], manifest };
    }
  }
  yield* overrides.rules;
}
