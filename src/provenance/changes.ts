import type { RecordedRelease } from '../release-age/release.ts';
import { isTrusted } from '../release-age/publisher.ts';

export type Evidence = 'provenance' | 'publisher';

/** A package whose version shows other evidence of its origin than the version before. */
export interface Change {
  readonly name: string;
  readonly from: RecordedRelease;
  readonly to: RecordedRelease;
  readonly lost: readonly Evidence[];
  readonly gained: readonly Evidence[];
}

/** What each package of a revision has lost or gained, in the order of the later one. */
export function changesOfProvenance(
  before: readonly RecordedRelease[],
  after: readonly RecordedRelease[],
): readonly Change[] {
  const known = new Map<string, RecordedRelease[]>();
  for (const release of before) known.set(release.name, [...(known.get(release.name) ?? []), release]);
  return after.flatMap((to) => {
    const from = comparable(known.get(to.name) ?? [], to.version);
    if (from === undefined) return [];
    const lost = [
      ...(from.attested === true && to.attested !== true ? (['provenance'] as const) : []),
      // A registry that shows no publishers proves nothing.
      ...(isTrusted(from.publisher) && to.publisher === 'account' ? (['publisher'] as const) : []),
    ];
    const gained = [
      ...(from.attested !== true && to.attested === true ? (['provenance'] as const) : []),
      ...(from.publisher === 'account' && isTrusted(to.publisher) ? (['publisher'] as const) : []),
    ];
    return lost.length === 0 && gained.length === 0 ? [] : [{ name: to.name, from, to, lost, gained }];
  });
}

/** The same version if it was there, else the one with most evidence: several may be installed next to each other. */
function comparable(known: readonly RecordedRelease[], version: string): RecordedRelease | undefined {
  const same = known.find((each) => each.version === version);
  if (same !== undefined) return same;
  const strength = ({ attested, publisher }: RecordedRelease): number =>
    (attested === true ? 2 : 0) + (isTrusted(publisher) ? 1 : 0);
  return known.reduce<RecordedRelease | undefined>(
    (best, each) => (best === undefined || strength(each) > strength(best) ? each : best),
    undefined,
  );
}
