/**
 * Baseline: only sysctls that concern the Pod alone.
 *
 * Fields: spec.securityContext.sysctls[*].name
 * Allowed: the list below, each from the version beside it on
 */
import { refuseIf, type Control } from './control.ts';

/** Minor releases of Kubernetes 1, of which the kubelets allow it too. */
const SAFE: ReadonlyMap<string, number> = new Map([
  ['kernel.shm_rmid_forced', 0],
  ['net.ipv4.ip_local_port_range', 0],
  ['net.ipv4.tcp_syncookies', 0],
  ['net.ipv4.ping_group_range', 0],
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_wmem', 32],
  ['net.ipv4.tcp_slow_start_after_idle', 37],
  ['net.ipv4.tcp_notsent_lowat', 37],
]);

export const sysctls: Control = {
  pod: ({ spec }, version) =>
    (spec?.securityContext?.sysctls ?? []).flatMap(({ name }, index) => {
      const since = SAFE.get(name);
      return refuseIf(
        since === undefined || since > version,
        ['spec', 'securityContext', 'sysctls', index, 'name'],
        name,
        since === undefined ? 'remove it' : `remove it, or enforce v1.${since} of Pod Security or newer`,
      );
    }),
};
