/**
 * The source is there and can be read as files.
 *
 * Fields: metadata.annotations["buildless.dev/source"]
 */
import { ANNOTATIONS, REVISION_ANNOTATION } from '../../function/keys.ts';
import { formatSource, type SourceReference } from '../../function/source.ts';
import type { Check } from './check.ts';
import { annotationField } from '../../outcome/place.ts';

export const sourceFound: Check = (_pod, { definition, source }) => {
  const field = annotationField(ANNOTATIONS.source);
  const reference = formatSource(definition.source);
  switch (source.type) {
    case 'missing':
      return [
        {
          code: 'source-not-found',
          field,
          problem: `the source ${reference} does not exist in the Pod's namespace${missingPart(definition.source, source.name)}`,
          fix: 'create it, or name the one that exists',
        },
      ];
    case 'revision-missing':
      return [
        {
          code: 'revision-not-found',
          field: annotationField(REVISION_ANNOTATION),
          problem: `the revision ${source.name} is not stored, and ${reference} does not have its files`,
          fix: 'no action needed if a rollout of the new files follows; else apply the workload again without the annotation',
        },
      ];
    case 'unreachable':
      return [
        {
          code: 'source-unreachable',
          field,
          problem: `the source ${reference} could not be read (${source.reason})`,
          fix: 'try again; controllers do so automatically',
        },
      ];
    case 'invalid':
      return source.findings;
    case 'files':
    case 'opaque':
      return [];
  }
};

/** Which of several ConfigMaps it is. */
const missingPart = (reference: SourceReference, name: string | undefined): string =>
  reference.type === 'configmap' && reference.names.length > 1 && name !== undefined ? ` (configmap/${name})` : '';
