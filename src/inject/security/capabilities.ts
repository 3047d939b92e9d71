/**
 * Restricted: each container drops all capabilities and may add only NET_BIND_SERVICE.
 *
 * Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.capabilities.{drop,add}
 * Allowed: drop contains ALL; add is unset or [NET_BIND_SERVICE]
 */
import { contradiction, type Control } from './control.ts';

export const capabilities: Control = {
  container: ({ container, field }) => {
    const { add = [], drop = [] } = container.securityContext?.capabilities ?? {};
    const forbidden = add.filter((name) => name !== 'NET_BIND_SERVICE');
    return [
      ...(forbidden.length > 0
        ? [
            contradiction(
              `${field}.securityContext.capabilities.add`,
              forbidden,
              'remove them; only NET_BIND_SERVICE may be added',
            ),
          ]
        : []),
      ...(drop.length > 0 && !drop.includes('ALL')
        ? [contradiction(`${field}.securityContext.capabilities.drop`, drop, 'add "ALL", or leave the list out')]
        : []),
    ];
  },
  fill: ({ container }) => {
    const given = container.securityContext?.capabilities;
    return (given?.drop ?? []).length === 0 ? { capabilities: { ...given, drop: ['ALL'] } } : {};
  },
};
