/**
 * Restricted: volumes come from the API or from storage made for Pods, never from the host.
 *
 * Fields: spec.volumes[*]
 * Allowed: configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret
 */
import { contradiction, type Control } from './control.ts';

const ALLOWED = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

export const volumeTypes: Control = {
  pod: ({ spec }) =>
    (spec?.volumes ?? []).flatMap((volume, index) => {
      const types = Object.entries(volume)
        .filter(([key, value]) => key !== 'name' && value !== undefined && value !== null)
        .map(([key]) => key);
      // No type at all means emptyDir.
      const bad = types.filter((type) => !ALLOWED.includes(type));
      return bad.map((type) =>
        contradiction(['spec', 'volumes', index, type], volume.name, `use one of ${ALLOWED.join(', ')}`),
      );
    }),
};
