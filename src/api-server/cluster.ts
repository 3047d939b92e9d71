import type { ReviewContext } from '../admission/review-context.ts';

/** What is logged while the cluster is followed; fields first, as pino has it. */
export interface ClusterLog {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
}

/** What the webhook knows of the cluster that it runs in; src/api-server/kubernetes.ts is the real one. */
export interface Cluster extends Pick<
  ReviewContext,
  'namespaceLabels' | 'namespaceLimits' | 'readSource' | 'revisions' | 'pods' | 'otherVersions'
> {
  /** Whether all of it has been read once, so that a review need not wait for the API server. Never becomes false again. */
  readonly synced: () => boolean;
  /** What keeps it from being up to date now, each as a sentence; reviews still go on with what was read last. */
  readonly troubles: () => readonly string[];
  /** Ends every request and timer. */
  readonly stop: () => Promise<void>;
}
