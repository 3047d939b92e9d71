const DIGEST = /@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/;
const TAG = /:([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

/**
 * Why an image cannot be used in a configuration: it floats, or is no reference at all. An image without a digest must
 * have a tag other than `latest`, so that each Pod of a Function runs the same one.
 * Source of the form: https://github.com/distribution/reference (reference.go)
 *
 * @returns undefined where the image is fine
 */
export function faultOfImage(image: string): { readonly problem: string; readonly fix: string } | undefined {
  const pinned = DIGEST.test(image);
  const withoutDigest = image.replace(DIGEST, '');
  const tag = TAG.exec(withoutDigest.slice(withoutDigest.lastIndexOf('/') + 1))?.[1];
  const name = tag === undefined ? withoutDigest : withoutDigest.slice(0, -tag.length - 1);
  if (!NAME.test(name)) {
    return { problem: `"${image}" is no image reference`, fix: 'write REGISTRY/NAME:TAG or REGISTRY/NAME@DIGEST' };
  }
  if (pinned) return undefined;
  if (tag === undefined) {
    return {
      problem: `the image "${image}" has no tag, which means latest`,
      fix: 'add a tag with a version, or a digest',
    };
  }
  if (tag === 'latest') {
    return { problem: `the image "${image}" floats`, fix: 'write a tag with a version, or add a digest' };
  }
  return undefined;
}
