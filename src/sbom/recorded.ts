import type { RecordedRelease } from '../release-age/release.ts';
import type { BilledPackage, Packages } from './bill.ts';

/** Packages with what registries said about them when their revision was made. */
export function withRecord(packages: Packages, releases: readonly RecordedRelease[]): Packages {
  const known = new Map(releases.map((release) => [`${release.name} ${release.version}`, release]));
  return {
    ...packages,
    packages: packages.packages.map((each): BilledPackage => {
      const recorded = known.get(`${each.name} ${each.version}`);
      return recorded === undefined ? each : { ...each, recorded };
    }),
  };
}

/** What neither format has a field for, by name. */
export function recordedProperties({ recorded }: BilledPackage): readonly (readonly [string, string])[] {
  if (recorded === undefined) return [];
  const { published, confirmed, attested, publisher } = recorded;
  return [
    ...(published === undefined ? [] : [['buildless:published', published] as const]),
    ...(confirmed === true ? [['buildless:registry-integrity', 'same'] as const] : []),
    ...(attested === undefined ? [] : [['buildless:provenance', attested ? 'attested' : 'none'] as const]),
    ...(publisher === undefined ? [] : [['buildless:publisher', publisher] as const]),
  ];
}
