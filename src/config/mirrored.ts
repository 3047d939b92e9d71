import { mirroredImage } from '../kubernetes/mirrored-image.ts';
import type { Configuration } from './configuration.ts';

/** The configuration with the images of toolkit and runtimes named as the copies that `images.registry` has of them. */
export function mirrored(configuration: Configuration): Configuration {
  const { images, toolkit, runtimes } = configuration;
  const { registry } = images;
  if (registry === undefined) return configuration;
  const copied = Object.entries(runtimes).map(
    ([name, row]) => [name, { ...row, image: mirroredImage(row.image, registry) }] as const,
  );
  const named = [toolkit.image, ...Object.values(runtimes).map(({ image }) => image)];
  return {
    ...configuration,
    toolkit: { ...toolkit, image: mirroredImage(toolkit.image, registry) },
    runtimes: Object.fromEntries(copied),
    images: { ...images, originals: Object.fromEntries(named.map((image) => [mirroredImage(image, registry), image])) },
  };
}
