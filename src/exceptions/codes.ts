import type { RefusalCode } from '../outcome/codes.ts';

/** Findings about one package of one Function, which somebody may answer for until a day. */
export const EXCEPTABLE_CODES = [
  'dependencies-float',
  'release-too-young',
  'release-age-unknown',
  'provenance-lost',
  'licence-refused',
  'licence-unknown',
] as const satisfies readonly RefusalCode[];

export type ExceptableCode = (typeof EXCEPTABLE_CODES)[number];

/** Why others that are about dependencies stay refused. */
const NEVER: Partial<Readonly<Record<RefusalCode, string>>> = {
  'dependencies-invalid':
    'npm or pip would refuse the file, or read it otherwise; dependencies.registries allows a registry',
  'dependency-denied':
    'an exception for one incident would let the next one of the package pass; take the version out of the list',
  'credential-in-source': 'whoever may read the source has the credential',
  'release-changed': 'other content under the same version is a forgery or a mistake',
  'release-age-unchecked': 'nobody knows which packages it would be about',
  'provenance-unchecked': 'nobody knows which packages it would be about',
  'too-complex': 'nobody knows which packages it would be about',
  'source-floats': 'the finding is about a source, not about a package',
  'image-floats': 'the finding is about an image, not about a package',
};

export const isExceptable = (code: string): code is ExceptableCode => EXCEPTABLE_CODES.some((each) => each === code);

/** Why a code of a refusal cannot be lifted, for a sentence. */
export const whyNever = (code: string): string =>
  Object.entries(NEVER).find(([each]) => each === code)?.[1] ?? 'the finding is not about a package';
