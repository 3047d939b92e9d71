/** What a review asks about the namespace of its object. */
import { isOptedIn, LabelsUnreachable, namespaceFacts, type NamespaceFacts } from '../namespace/namespace.ts';
import type { ReviewContext } from './review-context.ts';

/**
 * Whether a namespace did not opt in. The API server does not ask about those; whoever else reaches the webhook reads nothing
 * about them.
 */
export async function isStranger(namespace: string, context: Pick<ReviewContext, 'namespaceLabels'>): Promise<boolean> {
  const labels = await context.namespaceLabels(namespace);
  return !(labels instanceof LabelsUnreachable) && !isOptedIn(labels);
}

/** What the namespace's labels and the configuration say. */
export async function factsOf(namespace: string, context: ReviewContext): Promise<NamespaceFacts> {
  const { dependencies } = context.configuration();
  const labels = await context.namespaceLabels(namespace);
  return namespaceFacts(namespace, labels, dependencies, context.namespaceLimits?.(namespace));
}
