import { LEVELS, isLevel, stricter, type Level, type Mode, type PolicyLevels } from '../dependencies/policy.ts';
import type { Finding, Warning } from '../outcome/finding.ts';
import { labelField } from '../outcome/place.ts';
import { ANY_LICENCE } from '../licences/policy.ts';
import { podSecurityVersion } from './pod-security-version.ts';
import { releaseRules, type ReleaseRules, type ReleaseRuleSettings } from '../release-rules/rules.ts';
import { parseDuration } from '../function/duration.ts';
import { NO_LIMITS, type NamespaceLimits } from './limits.ts';
import { NAMESPACE_LABEL, OPT_INS, POLICY_LABELS, RELEASE_AGE_LABEL } from '../function/keys.ts';

export type NamespaceLabels = Readonly<Record<string, string>>;

/** In place of labels that are not known and could not be asked for. A Namespace that does not exist has none, and is known. */
export class LabelsUnreachable {
  /** @param reason for a sentence, e.g. `the API server did not answer within 2 s` */
  constructor(readonly reason: string) {}
}

export const isOptedIn = (labels: NamespaceLabels): boolean =>
  OPT_INS.some((value) => labels[NAMESPACE_LABEL] === value);

/** What injection and validation need to know of a namespace. */
export interface NamespaceFacts {
  readonly enabled: boolean;
  /** Whether Pod Security Admission enforces `restricted` here, so that every container must comply. */
  readonly restricted: boolean;
  /** Of the Pod Security Standards that are enforced, as a minor release of Kubernetes 1. */
  readonly podSecurityVersion: number;
  readonly levels: PolicyLevels;
  /** What is asked of versions, by what registries say; absent if nothing is. */
  readonly releaseRules?: ReleaseRules;
  /** What its LimitRanges and ResourceQuotas demand. */
  readonly limits: NamespaceLimits;
  readonly warnings: readonly Warning[];
  /** Why nothing can be admitted here now. */
  readonly findings: readonly Finding[];
}

/** What the administrator decides for all namespaces. */
export interface PolicyDefaults extends PolicyLevels {
  /** The loosest level that a namespace's label can choose to enforce. */
  readonly floor: Level;
  /** Namespaces where no dependency is judged; the floor does not hold there either. */
  readonly exemptNamespaces: readonly string[];
}

const POD_SECURITY_ENFORCE = 'pod-security.kubernetes.io/enforce';
const POD_SECURITY_VERSION = `${POD_SECURITY_ENFORCE}-version`;
const STRICTEST: Level = 'locked';
const NOTHING_JUDGED: PolicyLevels = { enforce: 'off', warn: 'off', audit: 'off' };

/**
 * Reads a namespace's labels.
 *
 * @param name of the namespace, for the exemptions
 * @param known what is not known fails closed: the namespace may not have opted in, or ask for the strictest level
 * @param defaults levels for modes without a label; a label that is not a level counts as the strictest
 * @param limits of its LimitRanges and ResourceQuotas, as far as they are known
 */
export function namespaceFacts(
  name: string,
  known: NamespaceLabels | LabelsUnreachable,
  defaults: PolicyDefaults & Partial<ReleaseRuleSettings>,
  limits: NamespaceLimits = NO_LIMITS,
): NamespaceFacts {
  const labels = known instanceof LabelsUnreachable ? {} : known;
  // Whoever asks may not be the API server: without the opt-in nothing is revealed about what the namespace has.
  const findings = known instanceof LabelsUnreachable ? [unreachable(name, known)] : [];
  const warnings: Warning[] = [];
  const isExempt = defaults.exemptNamespaces.includes(name);
  const rules = isExempt ? undefined : releaseRulesOf(labels, defaults, warnings);
  return {
    enabled: isOptedIn(labels),
    restricted: labels[POD_SECURITY_ENFORCE] === 'restricted',
    podSecurityVersion: podSecurityVersion(labels[POD_SECURITY_VERSION]),
    limits,
    findings,
    levels: isExempt ? NOTHING_JUDGED : levelsOf(labels, defaults, warnings),
    ...(rules !== undefined && { releaseRules: rules }),
    warnings,
  };
}

/** @param warnings gets what is wrong with the labels */
function levelsOf(labels: NamespaceLabels, defaults: PolicyDefaults, warnings: Warning[]): PolicyLevels {
  const level = (mode: Mode): Level => {
    const value = labels[POLICY_LABELS[mode]];
    if (value === undefined) return defaults[mode];
    if (isLevel(value)) return value;
    warnings.push({
      code: 'unknown-policy-level',
      object: { kind: 'Namespace' },
      field: labelField(POLICY_LABELS[mode]),
      problem: `"${value}" is not a level, so "${STRICTEST}" is used`,
      fix: `write one of ${LEVELS.join(', ')}`,
    });
    return STRICTEST;
  };
  const wanted = level('enforce');
  const enforce = stricter(wanted, defaults.floor);
  if (enforce !== wanted) {
    warnings.push({
      code: 'policy-floor',
      object: { kind: 'Namespace' },
      field: labelField(POLICY_LABELS.enforce),
      problem: `"${wanted}" is looser than the cluster allows, so "${enforce}" is used`,
      fix: `write ${enforce} or a stricter level, or have the administrator exempt the namespace`,
    });
  }
  return { enforce, warn: level('warn'), audit: level('audit') };
}

/** A label that is not a duration lengthens nothing; it is refused where it is written. */
function releaseRulesOf(
  { [RELEASE_AGE_LABEL]: label }: NamespaceLabels,
  {
    minimumReleaseAge = 0,
    releaseAgeExceptions = [],
    unknownReleaseAge = 'refuse',
    provenanceLost = 'off',
    provenanceExceptions = [],
    licences = ANY_LICENCE,
  }: Partial<ReleaseRuleSettings>,
  warnings: Warning[],
): ReleaseRules | undefined {
  const longer = label === undefined ? 0 : parseDuration(label);
  if (longer === undefined) {
    warnings.push({
      code: 'unknown-release-age',
      object: { kind: 'Namespace' },
      field: labelField(RELEASE_AGE_LABEL),
      problem: `"${label ?? ''}" is not a duration, so the configuration's minimum release age is used`,
      fix: 'write it like 7d, 36h or 90m',
    });
  }
  return releaseRules(
    { minimumReleaseAge, releaseAgeExceptions, unknownReleaseAge, provenanceLost, provenanceExceptions, licences },
    longer,
  );
}

const unreachable = (name: string, { reason }: LabelsUnreachable): Finding => ({
  code: 'namespace-unreachable',
  object: { kind: 'Namespace', name },
  field: ['metadata', 'labels'],
  problem: `the labels could not be read (${reason}), and they decide whether and how Functions are admitted`,
  fix: 'try again; controllers do so automatically',
});
