import type { Finding } from '../../outcome/finding.ts';
import type { InjectionContext } from '../context.ts';
import type { PodLike } from '../../kubernetes/pod.ts';

/** Finds what makes an injection impossible; all checks run, so that an author reads everything at once. */
export type Check = (pod: PodLike, context: InjectionContext) => readonly Finding[];

/** A check that looks at a part of the context, so that others than an injection can ask it. */
export type CheckOf<Keys extends keyof InjectionContext> = (
  pod: PodLike,
  context: Pick<InjectionContext, Keys>,
) => readonly Finding[];
