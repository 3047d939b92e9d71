/**
 * `image: auto` becomes the runtime's image; any other image is the author's choice.
 *
 * The API server takes `auto`, which has no tag, for `auto:latest`, and fills in `imagePullPolicy: Always` before it calls us
 * (https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting). That default was meant for an image
 * that may move. The runtime's has a version, so that it gets the default for that: else each start asks the registry, and
 * fails where the registry is down. The plugin AlwaysPullImages runs after us again.
 *
 * Fields: spec.containers[FUNCTION].{image,imagePullPolicy}
 */
import type { V1Container } from '@kubernetes/client-node';
import { AUTO_IMAGE } from '../../function/keys.ts';
import type { ContainerStep } from '../context.ts';
import { isUnset } from '../../kubernetes/unset.ts';

export const image: ContainerStep = (container, { definition }) =>
  isAuto(container)
    ? {
        ...container,
        image: definition.runtime.image,
        ...(container.imagePullPolicy === 'Always' && { imagePullPolicy: 'IfNotPresent' }),
      }
    : container;

/** Whether the author leaves the image to the runtime. */
export const isAuto = ({ image: given }: V1Container): boolean => isUnset(given) || given === AUTO_IMAGE;
