import { pinOf } from '../kubernetes/image-reference.ts';
import { refuses, type Level, type PolicyLevels } from '../dependencies/policy.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { ANNOTATIONS, AUTO_IMAGE } from '../function/keys.ts';
import { formatSource, isFullCommit, type SourceReference } from '../function/source.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { PinnedRevision } from '../revision/pinned.ts';
import { isUnset } from '../kubernetes/unset.ts';
import type { Finding } from '../outcome/finding.ts';
import { annotationField, type FieldPath } from '../outcome/place.ts';

/** A source or an image that may be another one when the next replica starts. */
export interface PinFinding extends Finding<'source-floats' | 'image-floats'> {
  /** The loosest level that refuses it. */
  readonly level: Exclude<Level, 'off'>;
  /** It is expected to move, as a branch is: worth a warning at every level. */
  readonly moves: boolean;
}

/**
 * What the source and the image of a Function's own container leave open. The images of other containers are not judged, as
 * other webhooks add them, nor is the runtime's, which the administrator chose.
 *
 * @param pinned what a Pod with a stamp runs in place of its source
 */
export function pinFindings(
  { spec }: PodLike,
  definition: FunctionDefinition,
  pinned?: PinnedRevision,
): readonly PinFinding[] {
  const { containerIndex, runtime } = definition;
  const source = pinned?.source ?? definition.source;
  const image = spec?.containers[containerIndex]?.image;
  const isChosen = isUnset(image) || image === '' || image === AUTO_IMAGE || image === runtime.image;
  return [
    ...sourcePin(source),
    ...(isChosen ? [] : imagePin(image, 'image-floats', ['spec', 'containers', containerIndex, 'image'], 'the image')),
  ];
}

function sourcePin(source: SourceReference): readonly PinFinding[] {
  const field = annotationField(ANNOTATIONS.source);
  switch (source.type) {
    case 'configmap':
      return [];
    case 'image':
      return imagePin(source.reference, 'source-floats', field, 'the source image');
    case 'git': {
      const { ref } = source;
      if (ref !== undefined && isFullCommit(ref)) return [];
      const what = ref === undefined ? 'names no commit' : `names the branch or tag "${ref}"`;
      return [
        {
          code: 'source-floats',
          field,
          level: 'locked',
          moves: ref === undefined || !looksLikeVersion(ref),
          problem: `${formatSource(source)} ${what}, so replicas differ once it moves`,
          fix: 'write ?ref=COMMIT with all 40 digits of a commit',
        },
      ];
    }
  }
}

/** @param field of the reference */
function imagePin(image: string, code: PinFinding['code'], field: FieldPath, what: string): readonly PinFinding[] {
  switch (pinOf(image)) {
    case 'digest':
      return [];
    case 'version':
      return [
        {
          code,
          field,
          level: 'locked',
          moves: false,
          problem: `${what} ${image} has a tag, which can be moved to another image`,
          fix: 'add its digest: NAME:TAG@sha256:...',
        },
      ];
    case 'nothing':
      return [
        {
          code,
          field,
          level: 'no-latest',
          moves: true,
          problem: `${what} ${image} has no version, so replicas run what is newest when they start`,
          fix: 'write a tag with a version, such as NAME:1.2.3, or add a digest',
        },
      ];
  }
}

/** A tag that by convention stays, such as `v1.2.3`. */
const looksLikeVersion = (ref: string): boolean => /^v?\d+\.\d/.test(ref);

/** What the modes of a namespace make of them. */
export function judgePins(
  findings: readonly PinFinding[],
  levels: PolicyLevels,
): Readonly<Record<'enforced' | 'warned' | 'audited', readonly PinFinding[]>> {
  return {
    enforced: findings.filter((finding) => refuses(levels.enforce, finding)),
    warned: findings.filter(
      (finding) =>
        !refuses(levels.enforce, finding) &&
        (refuses(levels.warn, finding) || (finding.moves && levels.warn !== 'off')),
    ),
    audited: findings.filter((finding) => refuses(levels.audit, finding)),
  };
}
