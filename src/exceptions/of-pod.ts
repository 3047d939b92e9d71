/** Exceptions as the arguments of `buildless-prepare` have them: it judges Git and image sources, which admission does not see. */
import type { DependencyFinding } from '../dependencies/policy.ts';
import type { Language } from '../function/languages.ts';
import { isDay, type Exception } from './exception.ts';
import { liftBy, type Lifted } from './exceptions.ts';

/** The only code that is found in a Pod. */
const CODE = 'dependencies-float';

/** A package and its last day; the day is looked at in the Pod, so that an injection does not depend on the day. */
export type PodException = Pick<Exception, 'package' | 'until'>;

/** @returns each as `PACKAGE:DAY` */
export const exceptionsOfPod = (exceptions: readonly Exception[]): readonly string[] =>
  exceptions.filter(({ code }) => code === CODE).map(({ package: name, until }) => `${name}:${until}`);

/** Reads what `exceptionsOfPod` writes; undefined for anything else. */
export function parsePodException(text: string): PodException | undefined {
  const colon = text.lastIndexOf(':');
  const [name, until] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  return name !== '' && isDay(until) ? { package: name, until } : undefined;
}

export const liftInPod = (
  exceptions: readonly PodException[],
  findings: readonly DependencyFinding[],
  language: Language,
  today: string,
): Lifted<DependencyFinding> =>
  liftBy(
    exceptions.map((each) => ({ ...each, code: CODE, namespace: '', function: '', reason: '' })),
    findings,
    language,
    today,
  );
