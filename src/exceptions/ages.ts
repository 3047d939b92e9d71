import type { LiftedLoss, ProvenancePolicy } from '../provenance/policy.ts';
import { LIFTED_LICENCE_CODES, type LicencePolicy } from '../licences/policy.ts';
import { LIFTED_AGE_CODES, type ReleaseAgePolicy } from '../release-age/policy.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import type { Exceptions } from './exceptions.ts';

type Who = Parameters<Exceptions['of']>[0];

/** What is asked of the versions of one Function. */
export function rulesOfFunction(
  rules: ReleaseRules | undefined,
  exceptions: Exceptions,
  who: Who,
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

/** The minimum release age as one Function has it. */
export const ageOfFunction = (age: ReleaseAgePolicy | undefined, exceptions: Exceptions, who: Who) =>
  age && withLifted(age, liftedOf(LIFTED_AGE_CODES, exceptions, who));

const licencesOfFunction = (policy: LicencePolicy | undefined, exceptions: Exceptions, who: Who) =>
  policy && withLifted(policy, liftedOf(LIFTED_LICENCE_CODES, exceptions, who));

const provenanceOfFunction = (policy: ProvenancePolicy | undefined, exceptions: Exceptions, who: Who) => {
  if (policy === undefined) return undefined;
  const lifted: readonly LiftedLoss[] = liftedOf(['provenance-lost'], exceptions, who).map(
    ({ package: name, ended }) => ({ package: name, ...(ended !== undefined && { ended }) }),
  );
  return withLifted(policy, lifted);
};

/** The same object if nothing is lifted. */
const withLifted = <Lifted, Policy extends { readonly lifted?: readonly Lifted[] }>(
  policy: Policy,
  lifted: readonly Lifted[],
): Policy => (lifted.length === 0 ? policy : { ...policy, lifted });

/** Those of a Function with one of some codes, whether they apply today or not. */
const liftedOf = <Code extends string>(
  codes: readonly Code[],
  exceptions: Exceptions,
  who: Who,
): readonly { readonly package: string; readonly code: Code; readonly ended?: string }[] =>
  exceptions.of(who).flatMap((exception) => {
    const code = codes.find((each) => each === exception.code);
    if (code === undefined) return [];
    const ended = exceptions.applies(exception) ? {} : { ended: exception.until };
    return [{ package: exception.package, code, ...ended }];
  });
