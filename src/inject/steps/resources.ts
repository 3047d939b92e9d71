/**
 * Gives the Function's container the requests and limits of its profile, for each resource of which the author set neither.
 *
 * Fields: spec.containers[FUNCTION].resources
 */
import type { ContainerStep } from '../context.ts';

export const resources: ContainerStep = (container, { resources: { changed } }) =>
  changed === undefined ? container : { ...container, resources: changed };
