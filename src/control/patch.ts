/** The one change that is made to a workload: the stamp on its template, and what it follows. */
import { ANNOTATIONS, FOLLOWED_LABEL, REVISION_ANNOTATION, ROLLOUT_LABEL } from '../function/keys.ts';
import type { Holder } from './holder.ts';

export interface PatchOperation {
  readonly op: 'test' | 'add';
  readonly path: string;
  /** A test for null passes if nothing is there. */
  readonly value: string | Readonly<Record<string, string>> | null;
}

/** A key of a map as a JSON pointer has it (RFC 6901). */
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Of the template: whoever changes one of these at the same moment asks for another revision. */
const TESTED = [ANNOTATIONS.source, ANNOTATIONS.runtime, ANNOTATIONS.registry];

/**
 * A JSON patch that fails if what was decided by is no longer so.
 *
 * @param stamp undefined to leave the template alone
 */
export function stampPatch(workload: Holder, followed: string, stamp: string | undefined): readonly PatchOperation[] {
  const labels = '/metadata/labels';
  const annotations = `/${workload.kind.path.join('/')}/metadata/annotations`;
  const given = workload.template.metadata?.annotations ?? {};
  const test = (path: string, value: string | undefined): PatchOperation => ({
    op: 'test',
    path,
    value: value ?? null,
  });
  return [
    test('/metadata/uid', workload.uid),
    ...(workload.hasLabels
      ? [
          test(`${labels}/${escaped(FOLLOWED_LABEL)}`, workload.followed),
          test(`${labels}/${escaped(ROLLOUT_LABEL)}`, workload.rollout),
          { op: 'add', path: `${labels}/${escaped(FOLLOWED_LABEL)}`, value: followed } as const,
        ]
      : [test(labels, undefined), { op: 'add', path: labels, value: { [FOLLOWED_LABEL]: followed } } as const]),
    test(`${annotations}/${escaped(REVISION_ANNOTATION)}`, workload.stampText),
    ...TESTED.map((key) => test(`${annotations}/${escaped(key)}`, given[key])),
    ...(stamp === undefined || stamp === workload.stampText
      ? []
      : [{ op: 'add', path: `${annotations}/${escaped(REVISION_ANNOTATION)}`, value: stamp } as const]),
  ];
}
