/**
 * Baseline: the default AppArmor profile must not be switched off.
 *
 * Fields: spec.securityContext.appArmorProfile.type, spec.*[*].securityContext.appArmorProfile.type,
 *   metadata.annotations["container.apparmor.security.beta.kubernetes.io/*"]
 * Allowed: unset, RuntimeDefault, Localhost; in annotations runtime/default, localhost/*
 */
import { isUnset } from '../../kubernetes/unset.ts';
import { contradiction, refuseIf, type Control } from './control.ts';
import { annotationField } from '../../outcome/place.ts';

const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
const FIX = 'set it to RuntimeDefault or Localhost, or leave it out';
const isBad = (type: string | undefined): boolean =>
  !isUnset(type) && type !== 'RuntimeDefault' && type !== 'Localhost';

export const appArmor: Control = {
  pod: ({ metadata, spec }) => {
    const type = spec?.securityContext?.appArmorProfile?.type;
    const annotations = Object.entries(metadata?.annotations ?? {}).filter(
      ([key, value]) =>
        key.startsWith(ANNOTATION) && !['', 'runtime/default'].includes(value) && !value.startsWith('localhost/'),
    );
    return [
      ...refuseIf(isBad(type), ['spec', 'securityContext', 'appArmorProfile', 'type'], type, FIX),
      ...annotations.map(([key, value]) =>
        contradiction(annotationField(key), value, 'set it to runtime/default or leave it out'),
      ),
    ];
  },
  container: ({ container }) => {
    const type = container.securityContext?.appArmorProfile?.type;
    return refuseIf(isBad(type), ['securityContext', 'appArmorProfile', 'type'], type, FIX);
  },
};
