import type { ProvenancePolicy } from '../provenance/policy.ts';
import { LIFTED_LICENCE_CODES, type LicencePolicy } from '../licences/policy.ts';
import { LIFTED_AGE_CODES, type ReleaseAgePolicy } from '../release-age/policy.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import type { Exceptions } from './exceptions.ts';

/** What is asked of the versions of one Function. */
export function rulesOfFunction(
  rules: ReleaseRules | undefined,
  exceptions: Exceptions,
  who: Parameters<Exceptions['of']>[0],
): ReleaseRules | undefined {
  const age = ageOfFunction(rules?.age, exceptions, who);
  const provenance = provenanceOfFunction(rules?.provenance, exceptions, who);
  const licences = licencesOfFunction(rules?.licences, exceptions, who);
  if (age === rules?.age && provenance === rules?.provenance && licences === rules?.licences) return rules;
  return {
    ...rules,
    ...(age !== undefined && { age }),
    ...(provenance !== undefined && { provenance }),
    ...(licences !== undefined && { licences }),
  };
}

function licencesOfFunction(
  policy: LicencePolicy | undefined,
  exceptions: Exceptions,
  who: Parameters<Exceptions['of']>[0],
): LicencePolicy | undefined {
  if (policy === undefined) return undefined;
  const lifted = liftedOf(LIFTED_LICENCE_CODES, exceptions, who);
  return lifted.length === 0 ? policy : { ...policy, lifted };
}

function provenanceOfFunction(
  policy: ProvenancePolicy | undefined,
  exceptions: Exceptions,
  who: Parameters<Exceptions['of']>[0],
): ProvenancePolicy | undefined {
  if (policy === undefined) return undefined;
  const lifted = exceptions
    .of(who)
    .filter(({ code }) => code === 'provenance-lost')
    .map((exception) => ({
      package: exception.package,
      ...(!exceptions.applies(exception) && { ended: exception.until }),
    }));
  return lifted.length === 0 ? policy : { ...policy, lifted };
}

/** The minimum release age as one Function has it. */
export function ageOfFunction(
  age: ReleaseAgePolicy | undefined,
  exceptions: Exceptions,
  who: Parameters<Exceptions['of']>[0],
): ReleaseAgePolicy | undefined {
  if (age === undefined) return undefined;
  const lifted = liftedOf(LIFTED_AGE_CODES, exceptions, who);
  return lifted.length === 0 ? age : { ...age, lifted };
}

/** Those of a Function with one of some codes, whether they apply today or not. */
const liftedOf = <Code extends string>(
  codes: readonly Code[],
  exceptions: Exceptions,
  who: Parameters<Exceptions['of']>[0],
): readonly { readonly package: string; readonly code: Code; readonly ended?: string }[] =>
  exceptions.of(who).flatMap((exception) => {
    const code = codes.find((each) => each === exception.code);
    if (code === undefined) return [];
    const ended = exceptions.applies(exception) ? {} : { ended: exception.until };
    return [{ package: exception.package, code, ...ended }];
  });
