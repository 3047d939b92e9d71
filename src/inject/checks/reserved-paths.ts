/**
 * The code is mounted read-only at /buildless, so nothing else can be mounted there or below.
 *
 * Fields: spec.containers[FUNCTION].{volumeMounts[*].mountPath,volumeDevices[*].devicePath}
 */
import { posix } from 'node:path';
import { PATHS } from '../../function/keys.ts';
import type { Finding } from '../../outcome/finding.ts';
import type { FieldPath } from '../../outcome/place.ts';
import type { Check } from './check.ts';

export const reservedPaths: Check = ({ spec }, { definition }) => {
  const container = spec?.containers[definition.containerIndex];
  const field: FieldPath = ['spec', 'containers', definition.containerIndex];
  return [
    ...(container?.volumeMounts ?? []).flatMap(({ mountPath }, index) =>
      refuse(mountPath, [...field, 'volumeMounts', index, 'mountPath']),
    ),
    ...(container?.volumeDevices ?? []).flatMap(({ devicePath }, index) =>
      refuse(devicePath, [...field, 'volumeDevices', index, 'devicePath']),
    ),
  ];
};

function refuse(path: string, field: FieldPath): readonly Finding[] {
  // To normalize costs as much as the other checks together, and brings about no name that did not exist.
  if (!path.includes(PATHS.root.slice(1))) return [];
  const normal = posix.normalize(path);
  if (normal !== PATHS.root && !normal.startsWith(`${PATHS.root}/`)) return [];
  return [
    {
      code: 'reserved-path',
      field,
      problem: `${path} is where the Function's code is mounted`,
      fix: `mount it outside ${PATHS.root}`,
    },
  ];
}
