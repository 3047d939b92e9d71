import { parseExpression } from './expression.ts';
import type { Licence } from './licence.ts';

/** What happens with a package of which nobody tells the licence. */
export const UNKNOWN_LICENCES = ['allow', 'warn', 'refuse'] as const;
export type UnknownLicence = (typeof UNKNOWN_LICENCES)[number];

/** `dependencies.licences` of the configuration. */
export interface LicenceSettings {
  /** Licences that packages may have; empty for every one that is not refused. */
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
  readonly unknown: UnknownLicence;
  /** Packages of any licence: a name, or a beginning with `*` at its end (`@shop/*`). */
  readonly exceptions: readonly string[];
}

/** Every package may have any licence. */
export const ANY_LICENCE: LicenceSettings = { allowed: [], refused: [], unknown: 'refuse', exceptions: [] };

export interface LicencePolicy {
  readonly settings: LicenceSettings;
  readonly allowed: readonly Licence[];
  readonly refused: readonly Licence[];
  /** For one Function, by `dependencies.exceptions`; absent if it has none. */
  readonly lifted?: readonly LiftedLicence[];
}

export const LIFTED_LICENCE_CODES = ['licence-refused', 'licence-unknown'] as const;

/** A package of which one finding is lifted. */
export interface LiftedLicence {
  readonly package: string;
  readonly code: (typeof LIFTED_LICENCE_CODES)[number];
  /** Set if it does not apply any more: the last day on which it did. */
  readonly ended?: string;
}

const policies = new WeakMap<LicenceSettings, LicencePolicy>();

/** @returns undefined if packages may have any licence; the same object for the same settings */
export function licencePolicy(settings: LicenceSettings): LicencePolicy | undefined {
  if (settings.allowed.length === 0 && settings.refused.length === 0) return undefined;
  const policy = policies.get(settings) ?? {
    settings,
    allowed: settings.allowed.flatMap((text) => licenceIn(text) ?? []),
    refused: settings.refused.flatMap((text) => licenceIn(text) ?? []),
  };
  policies.set(settings, policy);
  return policy;
}

/** One licence as the configuration writes it; undefined for any other text, and for several licences. */
function licenceIn(text: string): Licence | undefined {
  const parsed = parseExpression(text);
  return parsed === undefined || 'operator' in parsed ? undefined : parsed;
}
