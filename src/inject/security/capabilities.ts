/**
 * Restricted: each container drops all capabilities and may add only NET_BIND_SERVICE.
 *
 * Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.capabilities.{drop,add}
 * Allowed: drop contains ALL; add is unset or [NET_BIND_SERVICE]. Before 1.22 any drop, and the additions of Baseline
 */
import { contradiction, type Control } from './control.ts';

/** The first version in which `restricted` says more of capabilities than Baseline. */
const SINCE = 22;
const RESTRICTED = ['NET_BIND_SERVICE'];
const BASELINE = [
  ...RESTRICTED,
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

export const capabilities: Control = {
  container: ({ container, version }) => {
    const { add, drop } = container.securityContext?.capabilities ?? {};
    const allowed = version < SINCE ? BASELINE : RESTRICTED;
    const forbidden = (add ?? []).filter((name) => !allowed.includes(name));
    const dropped = drop ?? [];
    return [
      ...(forbidden.length > 0
        ? [
            contradiction(
              ['securityContext', 'capabilities', 'add'],
              forbidden,
              `remove them; only ${allowed.join(', ')} may be added`,
            ),
          ]
        : []),
      ...(version >= SINCE && dropped.length > 0 && !dropped.includes('ALL')
        ? [contradiction(['securityContext', 'capabilities', 'drop'], dropped, 'add "ALL", or leave the list out')]
        : []),
    ];
  },
  fill: ({ container }) => {
    const given = container.securityContext?.capabilities;
    return (given?.drop ?? []).length === 0 ? { capabilities: { ...given, drop: ['ALL'] } } : {};
  },
};
