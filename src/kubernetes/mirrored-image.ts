/** Where a registry's copy of an image is: the registry takes the place of the image's host, and the rest of the name stays. */

/**
 * @param image as a Pod names it, such as `docker.io/library/node:22.1.0` or `node:22.1.0`
 * @param registry host and path, such as `mirror.example/path`
 * @returns such as `mirror.example/path/library/node:22.1.0`; an image of the registry stays as it is
 */
export function mirroredImage(image: string, registry: string): string {
  return image.startsWith(`${registry}/`) ? image : `${registry}/${withoutHost(image)}`;
}

/** Source of the rule: https://github.com/distribution/reference/blob/v0.6.0/normalize.go (splitDockerDomain) */
function withoutHost(image: string): string {
  const slash = image.indexOf('/');
  if (slash === -1) return `library/${image}`;
  const first = image.slice(0, slash);
  return /[.:A-Z]/.test(first) || first === 'localhost' ? image.slice(slash + 1) : image;
}
