const DIGEST = /@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/;
const TAG = /:([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
/** By convention these go to another image with each release, whatever follows: `lts-alpine3.20`. */
const MOVING = /^(?:latest|lts|stable|current|edge|nightly|next|rolling)(?:$|[._-])/i;
/** Far more than a registry takes (name 255, tag 128, digest 71 characters). */
const LONGEST = 1024;

/**
 * What an image is pinned by: a digest, a tag with a version, or nothing: no tag, or one that names none, such as `latest`,
 * `lts` or `slim`.
 * Source of the form: https://github.com/distribution/reference (reference.go)
 */
export function pinOf(image: string): 'digest' | 'version' | 'nothing' {
  if (image.length > LONGEST) return 'nothing';
  const { tag, digest } = partsOf(image);
  if (digest !== undefined) return 'digest';
  return tag !== undefined && /\d/.test(tag) && !MOVING.test(tag) ? 'version' : 'nothing';
}

/**
 * Why an image cannot be used in a configuration: it floats, or is not a reference at all. An image without a digest must
 * have a tag with a version, so that each Pod of a Function runs the same one.
 *
 * @returns undefined if the image is fine
 */
export function faultOfImage(image: string): { readonly problem: string; readonly fix: string } | undefined {
  const { name, tag } = partsOf(image.slice(0, LONGEST + 1));
  if (image.length > LONGEST || !NAME.test(name)) {
    return { problem: `"${image}" is not an image reference`, fix: 'write REGISTRY/NAME:TAG or REGISTRY/NAME@DIGEST' };
  }
  if (pinOf(image) !== 'nothing') return undefined;
  return tag === undefined
    ? { problem: `the image "${image}" has no tag, which means latest`, fix: 'add a tag with a version, or a digest' }
    : { problem: `the image "${image}" floats`, fix: 'write a tag with a version, or add a digest' };
}

/** The tag, which a digest may follow. */
export const tagOf = (image: string): string | undefined => partsOf(image.slice(0, LONGEST)).tag;

export interface ImageParts {
  /** With its registry, as far as that is written. */
  readonly name: string;
  readonly tag: string | undefined;
  /** `ALGORITHM:DIGITS`. */
  readonly digest: string | undefined;
}

/** @returns undefined for what is not an image reference */
export function parseImage(image: string): ImageParts | undefined {
  const parts = image.length > LONGEST ? undefined : partsOf(image);
  return parts !== undefined && NAME.test(parts.name) ? parts : undefined;
}

function partsOf(image: string): ImageParts {
  const digest = DIGEST.exec(image)?.[0];
  const withoutDigest = digest === undefined ? image : image.slice(0, -digest.length);
  const tag = TAG.exec(withoutDigest.slice(withoutDigest.lastIndexOf('/') + 1))?.[1];
  const name = tag === undefined ? withoutDigest : withoutDigest.slice(0, -tag.length - 1);
  return { name, tag, digest: digest?.slice(1) };
}
