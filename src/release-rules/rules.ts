/** The rules of a namespace that need what registries say about versions. */
import { releaseAgePolicy, type ReleaseAgePolicy, type ReleaseAgeSettings } from '../release-age/policy.ts';

/** Each rule has one row here, and one in list.ts. */
export interface ReleasePolicies {
  /** How old versions have to be. */
  readonly age: ReleaseAgePolicy;
}

export type RuleName = keyof ReleasePolicies;

/** A rule that is absent asks nothing. */
export type ReleaseRules = Partial<ReleasePolicies>;

/** The part of the configuration under `dependencies`. */
export type ReleaseRuleSettings = ReleaseAgeSettings;

/**
 * @param longer seconds of age that the namespace asks for
 * @returns undefined if no registry has to be asked
 */
export function releaseRules(settings: ReleaseRuleSettings, longer = 0): ReleaseRules | undefined {
  const age = releaseAgePolicy(settings, longer);
  const rules: ReleaseRules = { ...(age !== undefined && { age }) };
  return Object.keys(rules).length === 0 ? undefined : rules;
}
