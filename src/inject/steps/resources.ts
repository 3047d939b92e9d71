/**
 * Gives the Function's container the requests and limits of its profile, for each resource of which the author set neither.
 *
 * Fields: spec.containers[FUNCTION].resources
 */
import { changeFunction, type Step } from '../context.ts';

export const resources: Step = (pod, context) =>
  changeFunction(pod, context, (container) => {
    const { changed } = context.resources;
    return changed === undefined ? container : { ...container, resources: changed };
  });
