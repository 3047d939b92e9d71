/**
 * The handler's file is in the source, where admission can see the source and the HTTP server is to load it.
 *
 * Fields: metadata.annotations["buildless.dev/handler"]
 */
import { handlerFiles } from '../../function/handler-files.ts';
import { ANNOTATIONS } from '../../function/keys.ts';
import { formatSource } from '../../function/source.ts';
import type { CheckOf } from './check.ts';
import { annotationField } from '../../outcome/place.ts';

const MOST_LISTED = 10;

export const handlerFile: CheckOf<'definition' | 'handler' | 'source'> = (_pod, { definition, handler, source }) => {
  if (!definition.server || source.type !== 'files' || handler === undefined) return [];
  const wanted = handlerFiles(handler, definition.runtime.language);
  if (wanted.some((file) => source.files.has(file))) return [];
  const files = [...source.files.keys()];
  const listed = files.slice(0, MOST_LISTED).join(', ');
  const rest = files.length > MOST_LISTED ? ` and ${files.length - MOST_LISTED} more` : '';
  return [
    {
      code: 'handler-not-found',
      field: annotationField(ANNOTATIONS.handler),
      problem: `${formatSource(definition.source)} has no ${wanted.join(' or ')}`,
      fix: `name one of its files as FILE.EXPORT (it has ${listed}${rest})`,
    },
  ];
};
