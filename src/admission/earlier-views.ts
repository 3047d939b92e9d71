import type { Revisions } from './revisions.ts';
import type { ReviewContext } from './review-context.ts';

const missing = (): Promise<{ readonly type: 'missing' }> => Promise.resolve({ type: 'missing' });

/**
 * What the mutating half may have seen when it injected a Pod, a moment before the validating half looks: another replica of the
 * webhook learns later that the Lease is held, or not; and the controller stores a revision or a lock meanwhile. Whichever of them
 * it was, the Pod runs the files of its revision and nothing else.
 */
export function earlierViews(context: ReviewContext): readonly ReviewContext[] {
  const { revisions } = context;
  if (revisions === undefined) return [];
  const isFollowed = revisions.isFollowed();
  const views: readonly Partial<Revisions>[] = [
    { isFollowed: () => !isFollowed },
    { isFollowed: () => true, lock: missing },
    { isFollowed: () => false, files: missing },
    { isFollowed: () => false, lock: missing },
    { isFollowed: () => false, files: missing, lock: missing },
  ];
  return views.map((view) => ({ ...context, revisions: { ...revisions, ...view } }));
}
