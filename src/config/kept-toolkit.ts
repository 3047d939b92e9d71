import type { Problem } from '../outcome/problem.ts';
import { tagOf } from '../kubernetes/image-reference.ts';
import { VERSION } from '../version.ts';
import type { Configuration } from './configuration.ts';

/**
 * A new configuration as a running replica may use it. While Buildless is upgraded or rolled back, the manifests of the other
 * version change the file under the replicas that are not replaced yet. Their toolkit must not follow: a Pod would start the
 * image of one version with the command of another, which that image may lack.
 *
 * @param before the configuration in force
 * @returns the new one, with the toolkit of the one before if the new one is of another version
 */
export function withOwnToolkit(
  before: Configuration,
  next: Configuration,
  version = VERSION,
): { readonly configuration: Configuration; readonly warnings: readonly Problem[] } {
  const { image } = next.toolkit;
  const kept = before.toolkit.image;
  if (image === kept || !isOfAnother(image, version) || isOfAnother(kept, version)) {
    return { configuration: next, warnings: [] };
  }
  return {
    configuration: { ...next, toolkit: { ...next.toolkit, image: kept } },
    warnings: [
      {
        problem: `toolkit.image ${image} is of another version of Buildless; this replica of ${version} keeps ${kept}`,
        fix: 'no action is needed during an upgrade or a rollback; otherwise name the image of the version that is installed',
      },
    ],
  };
}

/** By its tag, as far as it has a version; what follows the version may be anybody's. */
function isOfAnother(image: string, version: string): boolean {
  const found = /^v?(\d+\.\d+\.\d+)(?![\d.])/.exec(tagOf(image) ?? '')?.[1];
  return found !== undefined && found !== version.split('-', 1)[0];
}
