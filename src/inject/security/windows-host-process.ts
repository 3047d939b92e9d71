/**
 * Baseline: no Windows HostProcess containers.
 *
 * Fields: spec.securityContext.windowsOptions.hostProcess, spec.*[*].securityContext.windowsOptions.hostProcess
 * Allowed: unset, false
 */
import { refuseIf, type Control } from './control.ts';

export const windowsHostProcess: Control = {
  pod: ({ spec }) => {
    const value = spec?.securityContext?.windowsOptions?.hostProcess;
    return refuseIf(value === true, ['spec', 'securityContext', 'windowsOptions', 'hostProcess'], value, 'remove it');
  },
  container: ({ container }) => {
    const value = container.securityContext?.windowsOptions?.hostProcess;
    return refuseIf(value === true, ['securityContext', 'windowsOptions', 'hostProcess'], value, 'remove it');
  },
};
