import { placeOfPath } from '../denied/contents.ts';
import type { Finding } from '../outcome/finding.ts';
import type { Place } from '../outcome/place.ts';
import type { LicenceVerdict } from './judge.ts';

export type LicenceCode = 'licence-refused' | 'licence-unknown';

/** A package whose licence is in question. */
export interface LicensedPackage {
  readonly name: string;
  /** Empty if nobody knows it. */
  readonly version: string;
  /** As it declares it; empty or absent if it does not. */
  readonly licence?: string;
  /** Who asks for it, from a file of the source on. */
  readonly path?: string;
  /** Why the licence is not known, for a sentence. */
  readonly unknown?: string;
}

export interface LicenceFinding extends Finding<LicenceCode> {
  readonly package: string;
  /** Empty if nobody knows it. */
  readonly version: string;
}

const ASK = 'ask the administrator to add it to dependencies.licences.exceptions';

export function refusedFinding(
  licensed: LicensedPackage,
  { licences, isListed }: Extract<LicenceVerdict, { readonly type: 'refused' }>,
): LicenceFinding {
  const names = licences.join(', ');
  const declared = shown(licensed.licence ?? '');
  const because = names === declared ? '' : ` (${names})`;
  return {
    code: 'licence-refused',
    package: licensed.name,
    version: licensed.version,
    ...placeOf(licensed),
    problem: `${nameOf(licensed)} has the licence ${declared}, which this cluster ${isListed ? 'refuses' : 'does not allow'}${because}${pathOf(licensed)}`,
    fix: `use another package, or a version with another licence, or ${ASK}`,
  };
}

export const unknownFinding = (licensed: LicensedPackage): LicenceFinding => ({
  code: 'licence-unknown',
  package: licensed.name,
  version: licensed.version,
  ...placeOf(licensed),
  problem: `the licence of ${nameOf(licensed)} is not known: ${whyUnknown(licensed)}${pathOf(licensed)}`,
  fix: `use a version that declares an identifier of https://spdx.org/licenses, or ${ASK}`,
});

function whyUnknown({ licence = '', unknown }: LicensedPackage): string {
  if (licence !== '') return `it declares "${shown(licence)}", which is not an SPDX expression`;
  return unknown ?? 'its lock has none';
}

const nameOf = ({ name, version }: LicensedPackage): string => `"${name}"${version === '' ? '' : ` ${version}`}`;
const pathOf = ({ path }: LicensedPackage): string => (path === undefined ? '' : `; it comes with ${path}`);

const placeOf = ({ path }: LicensedPackage): Place => (path === undefined ? {} : placeOfPath(path));

const LONGEST_SHOWN = 100;
const shown = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text);
