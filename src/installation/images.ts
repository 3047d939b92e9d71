/** Every image that an installation and its Functions pull: what a registry of a closed network has to have. */
import type { Configuration } from '../config/configuration.ts';
import { mirroredImage } from '../kubernetes/mirrored-image.ts';
import { VERSION } from '../version.ts';

export interface PulledImage {
  /** `buildless`, `toolkit` or the name of a runtime. */
  readonly name: string;
  readonly image: string;
  /** Its copy in `images.registry`; absent without one. */
  readonly mirror?: string;
}

export function pulledImages({ images, toolkit, runtimes }: Configuration): PulledImage[] {
  const { registry, originals } = images;
  const rows = [
    ['buildless', `ghcr.io/buildless-dev/buildless:${VERSION}`],
    ['toolkit', toolkit.image],
    ...Object.entries(runtimes).map(([name, { image }]) => [name, image] as const),
  ] as const;
  return rows.map(([name, image]) => ({
    name,
    image: Object.hasOwn(originals, image) ? (originals[image] ?? image) : image,
    ...(registry !== undefined && { mirror: mirroredImage(image, registry) }),
  }));
}
