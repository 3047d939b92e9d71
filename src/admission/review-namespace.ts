/** What a review asks about the namespace of its object. */
import { isOptedIn, LabelsUnreachable, namespaceFacts, type NamespaceFacts } from '../namespace/namespace.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Whether a namespace did not opt in. The API server does not ask about those; whoever else reaches the webhook reads nothing
 * about them.
 */
export async function isStranger(
  namespace: string,
  surroundings: Pick<Surroundings, 'namespaceLabels'>,
): Promise<boolean> {
  const labels = await surroundings.namespaceLabels(namespace);
  return !(labels instanceof LabelsUnreachable) && !isOptedIn(labels);
}

/** What the namespace's labels and the configuration say. */
export async function factsOf(namespace: string, surroundings: Surroundings): Promise<NamespaceFacts> {
  const { dependencies } = surroundings.configuration();
  const labels = await surroundings.namespaceLabels(namespace);
  return namespaceFacts(namespace, labels, dependencies, surroundings.namespaceLimits?.(namespace));
}
