/**
 * Namespaces, when their labels change: a level that does not exist is refused where it is written. Labels that stay as
 * they are stop nothing, so that an older mistake does not keep a Namespace from being worked on. A stricter level, or
 * `only`, warns of what runs there and would be refused.
 */
import { isLevel, LEVELS, MODES, stricter, type Mode } from '../../dependencies/policy.ts';
import { parseDuration } from '../../function/duration.ts';
import { ANNOTATION_PREFIX, NAMESPACE_LABEL, OPT_INS, POLICY_LABELS, RELEASE_AGE_LABEL } from '../../function/keys.ts';
import { formatAge } from '../../release-age/policy.ts';
import { nearest } from '../../outcome/nearest.ts';
import { labelsOf } from '../../kubernetes/object.ts';
import type { Finding, Warning } from '../../outcome/finding.ts';
import { labelField } from '../../outcome/place.ts';
import { warnOfExistingPods } from '../existing-pods.ts';
import { concluded, skipped } from '../response.ts';
import type { KindReviewer } from './kind.ts';

export const reviewNamespace: KindReviewer = async ({ uid, namespace, name, object, oldObject }, context) => {
  const labels = labelsOf(object);
  const before = oldObject === undefined ? {} : labelsOf(oldObject);
  const changed = Object.entries(labels).filter(
    ([key, value]) => key.startsWith(ANNOTATION_PREFIX) && before[key] !== value,
  );
  // A label that is taken away may leave a stricter default.
  const isRemoved = Object.keys(before).some((key) => key.startsWith(ANNOTATION_PREFIX) && labels[key] === undefined);
  if (changed.length === 0 && !isRemoved) return skipped(uid, 'unchanged');
  const { dependencies } = context.configuration();
  const own = name === '' ? namespace : name;
  const findings: Finding[] = [];
  const warnings: Warning[] = [];
  for (const [key, value] of changed) {
    const mode = modeOf(key);
    if (mode !== undefined && !isLevel(value)) findings.push(unknownLevel(key, value));
    else if (mode === 'enforce' && isLevel(value) && !dependencies.exemptNamespaces.includes(own)) {
      const level = stricter(value, dependencies.floor);
      if (level !== value) {
        warnings.push({
          code: 'policy-floor',
          field: labelField(key),
          problem: `"${value}" is looser than the cluster allows, so "${level}" is used`,
          fix: `write ${level} or a stricter level, or have the administrator exempt the namespace`,
        });
      }
    } else if (key === RELEASE_AGE_LABEL) {
      const seconds = parseDuration(value);
      if (seconds === undefined) findings.push(unknownAge(key, value));
      else if (seconds < dependencies.minimumReleaseAge)
        warnings.push(shorterAge(key, value, dependencies.minimumReleaseAge));
    } else if (mode === undefined) warnings.push(...unknownLabel(key, value));
  }
  // A new Namespace has no Pods; one whose labels are refused stays as it is.
  if (oldObject !== undefined && findings.length === 0) {
    warnings.push(...(await warnOfExistingPods(own, { before, after: labels }, context)));
  }
  return concluded(uid, `Namespace ${own}`, { findings, warnings, audited: [] });
};

const modeOf = (key: string): Mode | undefined => MODES.find((mode) => POLICY_LABELS[mode] === key);

function unknownLevel(key: string, value: string): Finding {
  const guess = nearest(value, LEVELS);
  return {
    code: 'unknown-policy-level',
    field: labelField(key),
    problem: `"${value}" is not a level`,
    fix: `${guess === undefined ? '' : `did you mean ${guess}? `}write one of ${LEVELS.join(', ')}`,
  };
}

const unknownAge = (key: string, value: string): Finding => ({
  code: 'unknown-release-age',
  field: labelField(key),
  problem: `"${value}" is not a duration`,
  fix: 'write it like 7d, 36h or 90m',
});

const shorterAge = (key: string, value: string, minimum: number): Warning => ({
  code: 'release-age-kept',
  field: labelField(key),
  problem: `"${value}" is shorter than the cluster's minimum release age, so "${formatAge(minimum)}" is used`,
  fix: `write a longer duration than ${formatAge(minimum)}, or remove the label`,
});

function unknownLabel(key: string, value: string): readonly Warning[] {
  if (key === NAMESPACE_LABEL) {
    if (OPT_INS.some((known) => known === value)) return [];
    const problem = `"${value}" does not turn Functions on here`;
    return [
      { code: 'unknown-label', field: labelField(key), problem, fix: `write ${OPT_INS.join(' or ')}, or remove it` },
    ];
  }
  const guess = nearest(key, [NAMESPACE_LABEL, ...Object.values(POLICY_LABELS), RELEASE_AGE_LABEL]);
  return [
    {
      code: 'unknown-label',
      field: labelField(key),
      problem: 'the label means nothing',
      fix: guess === undefined ? 'remove it' : `write ${guess}, or remove it`,
    },
  ];
}
