import { stricter } from '../dependencies/policy.ts';
import type { Configuration } from './configuration.ts';
import { pinOf } from '../kubernetes/image-reference.ts';
import type { Problem } from '../outcome/problem.ts';

/**
 * Runtimes whose image has a tag only, if the configuration demands the level `locked`: `image: auto` passes there, as the
 * administrator chose the image, but a tag can be moved to another one.
 *
 * @returns one warning, or undefined
 */
export function unpinnedRuntimes({ dependencies, runtimes }: Configuration): Problem | undefined {
  if (stricter(dependencies.enforce, dependencies.floor) !== 'locked') return undefined;
  const names = Object.entries(runtimes).flatMap(([name, { image }]) => (pinOf(image) === 'digest' ? [] : [name]));
  if (names.length === 0) return undefined;
  return {
    field: ['runtimes'],
    problem: `dependencies are enforced at the level locked, and these runtimes have an image without a digest: ${names.join(', ')}`,
    fix: 'add the digests, NAME:TAG@sha256:..., so that replicas of a Function run the same image',
  };
}
