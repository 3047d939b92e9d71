import { ANNOTATIONS, FUNCTION_LABEL } from '../function/keys.ts';
import { parseSource, type SourceReference } from '../function/source.ts';
import type { Holder } from './holder.ts';

const known = new WeakMap<Holder, SourceReference | null>();

/** Where the code of a holder comes from. @returns undefined if its annotation cannot be read */
export function referenceOf(holder: Holder): SourceReference | undefined {
  const found = known.get(holder);
  if (found !== undefined) return found ?? undefined;
  const text = holder.template.metadata?.annotations?.[ANNOTATIONS.source];
  const parsed = text === undefined ? parseSource(`configmap:${functionOf(holder)}`) : parseSource(text);
  const reference = 'problem' in parsed ? undefined : parsed;
  known.set(holder, reference ?? null);
  return reference;
}

export const functionOf = ({ template }: Pick<Holder, 'template'>): string =>
  template.metadata?.labels?.[FUNCTION_LABEL] ?? '';

/** The Secret with the credentials of a Git source. */
export const sourceAuthOf = (holder: Holder): string | undefined =>
  holder.template.metadata?.annotations?.[ANNOTATIONS.sourceAuth];
