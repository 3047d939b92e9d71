/** Keys under our domain that mean nothing on a Function's Pod, most often typing errors: they would do nothing without a word. */
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Finding } from '../outcome/finding.ts';
import { annotationField, labelField, type FieldPath } from '../outcome/place.ts';
import { ANNOTATION_PREFIX, ANNOTATIONS, POD_LABELS, REVISION_ANNOTATION, STATUS_ANNOTATION } from './keys.ts';
import { nearest } from '../outcome/nearest.ts';

const KNOWN_ANNOTATIONS: readonly string[] = Object.values(ANNOTATIONS);
/** Written by Buildless itself. */
const OWN_ANNOTATIONS: readonly string[] = [STATUS_ANNOTATION, REVISION_ANNOTATION];
/** A person reads the first ones. */
const MOST_UNKNOWN = 50;

export function unknownKeys({ labels = {}, annotations = {} }: V1ObjectMeta): readonly Finding[] {
  return [
    ...firstOf(
      keysOf(labels).filter((key) => !POD_LABELS.includes(key)),
      unknownLabel,
      { code: 'unknown-label', field: ['metadata', 'labels'], what: 'labels' },
    ),
    ...firstOf(
      keysOf(annotations).filter((key) => !OWN_ANNOTATIONS.includes(key) && !KNOWN_ANNOTATIONS.includes(key)),
      unknownAnnotation,
      { code: 'unknown-annotation', field: ['metadata', 'annotations'], what: 'annotations' },
    ),
  ];
}

const keysOf = (map: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(map).filter((key) => key.startsWith(ANNOTATION_PREFIX));

function firstOf(
  keys: readonly string[],
  describe: (key: string) => Finding,
  { code, field, what }: Pick<Finding, 'code'> & { readonly field: FieldPath; readonly what: string },
): readonly Finding[] {
  const findings = keys.slice(0, MOST_UNKNOWN).map(describe);
  const count = keys.length - findings.length;
  if (count === 0) return findings;
  const problem = `there are ${count} more ${what} of ${ANNOTATION_PREFIX} that mean nothing`;
  return [...findings, { code, field, problem, fix: 'remove them', count }];
}

function unknownAnnotation(key: string): Finding {
  const suggestion = nearest(key, KNOWN_ANNOTATIONS);
  return {
    code: 'unknown-annotation',
    field: annotationField(key),
    problem: `unknown annotation ${key}`,
    fix: suggestion === undefined ? `use one of ${KNOWN_ANNOTATIONS.join(', ')}` : `did you mean ${suggestion}?`,
  };
}

function unknownLabel(key: string): Finding {
  const field = labelField(key);
  if (KNOWN_ANNOTATIONS.includes(key)) {
    const problem = `${key} is an annotation, and here it is a label`;
    return { code: 'unknown-label', field, problem, fix: 'move it to metadata.annotations' };
  }
  const suggestion = nearest(key, POD_LABELS);
  const guess = suggestion === undefined ? '' : `did you mean ${suggestion}? `;
  const fix = `${guess}remove it, or use one of ${POD_LABELS.join(', ')}`;
  return { code: 'unknown-label', field, problem: `Buildless has no label ${key}`, fix };
}
