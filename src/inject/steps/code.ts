/**
 * Gives the Function's container its code, read-only, and a writable /tmp.
 *
 * Fields: spec.containers[FUNCTION].{volumeMounts,workingDir}
 */
import { PATHS, VOLUMES } from '../../function/keys.ts';
import { withoutEndingSlashes } from '../../function/slashes.ts';
import type { ContainerStep } from '../context.ts';
import { isUnset } from '../../kubernetes/unset.ts';

export const code: ContainerStep = (container) => {
  const mounts = container.volumeMounts ?? [];
  const ownTmp = mounts.some(({ mountPath }) => withoutEndingSlashes(mountPath) === PATHS.tmp);
  return {
    ...container,
    ...(isUnset(container.workingDir) && { workingDir: PATHS.function }),
    volumeMounts: [
      ...mounts,
      { name: VOLUMES.app, mountPath: PATHS.root, readOnly: true },
      ...(ownTmp ? [] : [{ name: VOLUMES.tmp, mountPath: PATHS.tmp }]),
    ],
  };
};
