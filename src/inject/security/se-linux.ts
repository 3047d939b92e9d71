/**
 * Baseline: SELinux keeps to container types, with no user or role of its own.
 *
 * Fields: spec.securityContext.seLinuxOptions.{type,user,role}, spec.*[*].securityContext.seLinuxOptions.{type,user,role}
 * Allowed: type unset, container_t, container_init_t, container_kvm_t, container_engine_t; user and role unset
 */
import type { V1SELinuxOptions } from '@kubernetes/client-node';
import type { Finding } from '../../outcome/finding.ts';
import { isUnset } from '../unset.ts';
import { refuseIf, type Control } from './control.ts';

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const check = (options: V1SELinuxOptions | undefined, field: string): readonly Finding[] =>
  isUnset(options)
    ? []
    : [
        ...refuseIf(
          !TYPES.includes(options.type ?? ''),
          `${field}.type`,
          options.type,
          `use one of ${TYPES.slice(1).join(', ')}, or leave it out`,
        ),
        ...refuseIf((options.user ?? '') !== '', `${field}.user`, options.user, 'remove it'),
        ...refuseIf((options.role ?? '') !== '', `${field}.role`, options.role, 'remove it'),
      ];

export const seLinux: Control = {
  pod: ({ spec }) => check(spec?.securityContext?.seLinuxOptions, 'spec.securityContext.seLinuxOptions'),
  container: ({ container, field }) =>
    check(container.securityContext?.seLinuxOptions, `${field}.securityContext.seLinuxOptions`),
};
