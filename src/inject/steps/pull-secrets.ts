/**
 * Adds the Secrets of `images.pullSecrets` that the Pod does not name yet; those of its author and of its ServiceAccount stay.
 * At creation the latter are in the Pod already: the plugin ServiceAccount runs before webhooks
 * (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
 *
 * Fields: spec.imagePullSecrets
 */
import { changeSpec, type Step } from '../context.ts';

export const pullSecrets: Step = (pod, { configuration }) =>
  changeSpec(pod, (spec) => {
    const given = spec.imagePullSecrets ?? [];
    const missing = configuration.images.pullSecrets.filter((name) => !given.some((secret) => secret.name === name));
    return missing.length === 0
      ? spec
      : { ...spec, imagePullSecrets: [...given, ...missing.map((name) => ({ name }))] };
  });
