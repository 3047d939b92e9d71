import type { MODES } from '../dependencies/policy.ts';
import { LEVELS, isLevel, type Level, type PolicyLevels } from '../dependencies/policy.ts';
import type { Warning } from '../outcome/finding.ts';
import { NAMESPACE_ENABLED, NAMESPACE_LABEL, POLICY_LABELS } from './keys.ts';

/** What injection and validation need to know of a namespace. */
export interface NamespaceFacts {
  readonly enabled: boolean;
  /** Whether Pod Security Admission enforces `restricted` here, so that every container must comply. */
  readonly restricted: boolean;
  readonly levels: PolicyLevels;
  readonly warnings: readonly Warning[];
}

const POD_SECURITY_ENFORCE = 'pod-security.kubernetes.io/enforce';
const STRICTEST: Level = 'locked';

/**
 * Reads a namespace's labels.
 *
 * @param defaults levels of the configuration, for modes without a label; a label that is no level counts as the strictest
 */
export function namespaceFacts(labels: Readonly<Record<string, string>>, defaults: PolicyLevels): NamespaceFacts {
  const warnings: Warning[] = [];
  const level = (mode: (typeof MODES)[number]): Level => {
    const value = labels[POLICY_LABELS[mode]];
    if (value === undefined) return defaults[mode];
    if (isLevel(value)) return value;
    warnings.push({
      code: 'unknown-policy-level',
      field: `Namespace metadata.labels[${POLICY_LABELS[mode]}]`,
      problem: `"${value}" is no level, so "${STRICTEST}" is used`,
      fix: `write one of ${LEVELS.join(', ')}`,
    });
    return STRICTEST;
  };
  return {
    enabled: labels[NAMESPACE_LABEL] === NAMESPACE_ENABLED,
    restricted: labels[POD_SECURITY_ENFORCE] === 'restricted',
    levels: { enforce: level('enforce'), warn: level('warn'), audit: level('audit') },
    warnings,
  };
}
