/**
 * Gives the Function's container the requests and limits of its profile, for each resource of which the author set neither.
 *
 * Fields: spec.containers[FUNCTION].resources
 */
import { changeFunction, type Step } from '../context.ts';
import { profiledResources } from '../resources/profile.ts';

export const resources: Step = (pod, context) =>
  changeFunction(pod, context, (container) => {
    const { resources: profiled } = profiledResources(pod, container, context);
    return profiled === undefined ? container : { ...container, resources: profiled };
  });
