/**
 * Baseline: SELinux keeps to container types, with no user or role of its own.
 *
 * Fields: spec.securityContext.seLinuxOptions.{type,user,role}, spec.*[*].securityContext.seLinuxOptions.{type,user,role}
 * Allowed: type unset, container_t, container_init_t, container_kvm_t, container_engine_t (from 1.31); user and role unset
 */
import type { V1SELinuxOptions } from '@kubernetes/client-node';
import type { Finding } from '../../outcome/finding.ts';
import type { FieldPath } from '../../outcome/place.ts';
import { isUnset } from '../../kubernetes/unset.ts';
import { refuseIf, type Control } from './control.ts';

const TYPES = ['container_t', 'container_init_t', 'container_kvm_t'];
const ENGINE = { type: 'container_engine_t', since: 31 };

function check(options: V1SELinuxOptions | undefined, field: FieldPath, version: number): readonly Finding[] {
  if (isUnset(options)) return [];
  const types = version >= ENGINE.since ? [...TYPES, ENGINE.type] : TYPES;
  const type = options.type ?? '';
  return [
    ...refuseIf(
      type !== '' && !types.includes(type),
      [...field, 'type'],
      type,
      `use one of ${types.join(', ')}, or leave it out`,
    ),
    ...refuseIf((options.user ?? '') !== '', [...field, 'user'], options.user, 'remove it'),
    ...refuseIf((options.role ?? '') !== '', [...field, 'role'], options.role, 'remove it'),
  ];
}

export const seLinux: Control = {
  pod: ({ spec }, version) =>
    check(spec?.securityContext?.seLinuxOptions, ['spec', 'securityContext', 'seLinuxOptions'], version),
  container: ({ container, version }) =>
    check(container.securityContext?.seLinuxOptions, ['securityContext', 'seLinuxOptions'], version),
};
