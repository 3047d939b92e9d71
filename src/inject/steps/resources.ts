/**
 * Gives the Function's container the requests and limits of its profile, where the author set neither: a mixture of both
 * could ask for more than it allows.
 *
 * Fields: spec.containers[FUNCTION].resources
 */
import { changeFunction, type Step } from '../context.ts';
import { isUnset } from '../unset.ts';

export const resources: Step = (pod, context) =>
  changeFunction(pod, context, (container) => {
    const profile = context.configuration.profiles[context.definition.profile];
    const given = container.resources;
    const isGiven = Object.keys({ ...given?.requests, ...given?.limits }).length > 0;
    return isUnset(profile) || isGiven ? container : { ...container, resources: { ...given, ...profile } };
  });
