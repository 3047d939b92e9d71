/** The rules of a namespace that need what registries say about versions. */
import { provenancePolicy, type ProvenancePolicy, type ProvenanceSettings } from '../provenance/policy.ts';
import { licencePolicy, type LicencePolicy, type LicenceSettings } from '../licences/policy.ts';
import { releaseAgePolicy, type ReleaseAgePolicy, type ReleaseAgeSettings } from '../release-age/policy.ts';

/** Each rule has one row here, and one in list.ts. */
export interface ReleasePolicies {
  /** How old versions have to be. */
  readonly age: ReleaseAgePolicy;
  /** What happens if a package loses its provenance. */
  readonly provenance: ProvenancePolicy;
  /** Which licences packages may have. */
  readonly licences: LicencePolicy;
}

export type RuleName = keyof ReleasePolicies;

/** A rule that is absent asks nothing. */
export type ReleaseRules = Partial<ReleasePolicies>;

/** The part of the configuration under `dependencies`. */
export type ReleaseRuleSettings = ReleaseAgeSettings & ProvenanceSettings & { readonly licences: LicenceSettings };

/**
 * @param longer seconds of age that the namespace asks for
 * @returns undefined if no registry has to be asked
 */
export function releaseRules(settings: ReleaseRuleSettings, longer = 0): ReleaseRules | undefined {
  const age = releaseAgePolicy(settings, longer);
  const provenance = provenancePolicy(settings);
  const licences = licencePolicy(settings.licences);
  const rules: ReleaseRules = {
    ...(age !== undefined && { age }),
    ...(provenance !== undefined && { provenance }),
    ...(licences !== undefined && { licences }),
  };
  return Object.keys(rules).length === 0 ? undefined : rules;
}
