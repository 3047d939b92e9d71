import { PackageURL } from 'packageurl-js';
import { parseImage } from '../kubernetes/image-reference.ts';

/**
 * The purl of an image; only one with a digest has a purl.
 * Source: https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
 */
export function imagePurl(image: string): string | undefined {
  const parts = parseImage(image);
  if (parts?.digest === undefined) return undefined;
  const { name, tag, digest } = parts;
  const qualifiers = { repository_url: name, ...(tag !== undefined && { tag }) };
  return new PackageURL('oci', null, name.slice(name.lastIndexOf('/') + 1), digest, qualifiers, null).toString();
}
