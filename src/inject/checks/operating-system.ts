/**
 * The runtimes are Linux images.
 *
 * Fields: spec.os.name, spec.nodeSelector["kubernetes.io/os"],
 *   spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
 * Allowed: unset, linux
 */
import type { V1NodeSelectorRequirement } from '@kubernetes/client-node';
import type { Finding } from '../../outcome/finding.ts';
import type { FieldPath } from '../../outcome/place.ts';
import { isUnset } from '../../kubernetes/unset.ts';
import type { Check } from './check.ts';

const LINUX = 'linux';
const OS_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];

export const operatingSystem: Check = ({ spec }) => {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return [
    ...refuse(['spec', 'os', 'name'], spec?.os?.name),
    ...OS_LABELS.flatMap((label) => refuse(['spec', 'nodeSelector', { key: label }], spec?.nodeSelector?.[label])),
    // A node needs to satisfy one term only.
    ...(terms.length > 0 && terms.every(({ matchExpressions }) => (matchExpressions ?? []).some(excludesLinux))
      ? refuse(
          ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'],
          'another operating system',
        )
      : []),
  ];
};

const excludesLinux = ({ key, operator, values }: V1NodeSelectorRequirement): boolean =>
  OS_LABELS.includes(key) &&
  (operator === 'In' ? !(values ?? []).includes(LINUX) : operator === 'NotIn' && (values ?? []).includes(LINUX));

const refuse = (field: FieldPath, name: string | undefined): readonly Finding[] =>
  isUnset(name) || name === LINUX
    ? []
    : [
        {
          code: 'unsupported-os',
          field,
          problem: `Functions run on Linux nodes, and the Pod asks for ${name}`,
          fix: `remove it, or set it to ${LINUX}`,
        },
      ];
