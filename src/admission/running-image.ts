/**
 * `image` is one of the few fields of a Pod that an update may change. Whoever applies a bare Pod with `image: auto` again
 * (kubectl, Flux) sets it back to the marker, which no kubelet can pull. The running image is put back, so that nothing changes.
 */
import type { V1Container } from '@kubernetes/client-node';
import { parsePod } from '../function/pod-shape.ts';
import { AUTO_IMAGE, STATUS_ANNOTATION } from '../function/keys.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { Finding } from '../outcome/finding.ts';
import type { JsonObject } from '../json/object.ts';

/** An update of a Pod that was injected; undefined if it is anything else, or has not the shape of one. */
export function updateOfInjected(
  object: JsonObject | undefined,
  oldObject: JsonObject | undefined,
): { readonly pod: PodLike; readonly before: PodLike } | undefined {
  const [pod, before] = [object, oldObject].map((item) => (item === undefined ? undefined : parsePod(item)));
  if (pod === undefined || before === undefined || 'findings' in pod || 'findings' in before) return undefined;
  const isInjected = before.pod.metadata?.annotations?.[STATUS_ANNOTATION] !== undefined;
  return isInjected ? { pod: pod.pod, before: before.pod } : undefined;
}

/** The Pod with the images that run now in place of the marker; the same object if nothing has it. */
export function withRunningImages(pod: PodLike, before: PodLike): PodLike {
  const { spec } = pod;
  if (spec === undefined) return pod;
  const containers = spec.containers.map((container) => {
    const image = runningImage(container, before);
    return image === undefined ? container : { ...container, image };
  });
  return containers.every((container, index) => container === spec.containers[index])
    ? pod
    : { ...pod, spec: { ...spec, containers } };
}

/** What the validating half refuses: the mutating one did not run to put the image back. */
export function markersIn(pod: PodLike, before: PodLike): readonly Finding[] {
  return (pod.spec?.containers ?? []).flatMap((container, index) => {
    const image = runningImage(container, before);
    if (image === undefined) return [];
    return [
      {
        code: 'image-auto',
        field: ['spec', 'containers', index, 'image'],
        problem: `"${AUTO_IMAGE}" would replace ${image}, which the container runs`,
        fix: 'apply it again when the mutating webhook answers, or use a Deployment, whose template keeps the marker',
      },
    ];
  });
}

/** The image that a container ran before it was set to the marker. */
function runningImage({ name, image }: V1Container, before: PodLike): string | undefined {
  if (image !== AUTO_IMAGE) return undefined;
  const running = before.spec?.containers.find((container) => container.name === name)?.image;
  return running === AUTO_IMAGE ? undefined : running;
}
