/** What an Event of the controller says of denied versions, for `status --denied`: of a commit nobody else knows the packages. */
import { isJsonObject } from '../json/object.ts';
import type { Language } from '../function/languages.ts';
import { encodeContents, type ContainedPackage } from './contents.ts';
import type { DeniedList, DeniedPackage } from './list.ts';

/** What one revision of a workload has. */
export interface DeniedRevision {
  /** As template or Pods name it. */
  readonly stamp: string;
  readonly packages: readonly ContainedPackage[];
}

/** Revisions of one workload whose Pods run at the same time. */
const MOST_REVISIONS = 10;
const MOST_PACKAGES = 20;
const LONGEST = 64 * 1024;
const STEP = ' > ';

export const deniedAnnotation = (revisions: readonly DeniedRevision[]): string =>
  JSON.stringify(
    revisions.slice(0, MOST_REVISIONS).map(({ stamp, packages }) => ({
      stamp,
      packages: packages.slice(0, MOST_PACKAGES).map(({ name, version, path }) => ({ name, version, path })),
    })),
  );

/**
 * What of it is denied by the list as it is now.
 *
 * @param annotation whoever may write Events in the namespace may have written it
 */
export function deniedByAnnotation(
  annotation: string,
  stamp: string,
  language: Language,
  list: DeniedList,
): readonly DeniedPackage[] {
  const packages = packagesOf(annotation, stamp);
  const contained = packages.map(({ name, version, path }) => {
    const end = path.lastIndexOf(STEP);
    return { name, version, from: end === -1 ? path : path.slice(0, end) };
  });
  const contents = encodeContents(contained, language);
  return contents === undefined ? [] : list.search(contents);
}

function packagesOf(annotation: string, stamp: string): readonly ContainedPackage[] {
  if (annotation.length > LONGEST) return [];
  let revisions: unknown;
  try {
    revisions = JSON.parse(annotation);
  } catch {
    return [];
  }
  return listOf(revisions)
    .filter((each) => each.stamp === stamp)
    .flatMap(({ packages }) => listOf(packages))
    .flatMap(({ name, version, path }): ContainedPackage[] =>
      typeof name === 'string' && typeof version === 'string' && typeof path === 'string'
        ? [{ name, version, path }]
        : [],
    )
    .slice(0, MOST_PACKAGES);
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
