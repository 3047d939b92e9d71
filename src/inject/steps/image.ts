/**
 * `image: auto` becomes the runtime's image; any other image is the author's choice.
 *
 * Fields: spec.containers[FUNCTION].image
 */
import { AUTO_IMAGE } from '../../function/keys.ts';
import { changeFunction, type Step } from '../context.ts';
import { isUnset } from '../unset.ts';

export const image: Step = (pod, context) =>
  changeFunction(pod, context, (container) =>
    isUnset(container.image) || container.image === AUTO_IMAGE
      ? { ...container, image: context.definition.runtime.image }
      : container,
  );
