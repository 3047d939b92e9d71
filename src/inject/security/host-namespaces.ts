/**
 * Baseline: a Pod shares no namespace with its host.
 *
 * Fields: spec.hostNetwork, spec.hostPID, spec.hostIPC
 * Allowed: unset, false
 */
import { refuseIf, type Control } from './control.ts';

const FIELDS = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

export const hostNamespaces: Control = {
  pod: ({ spec }) => FIELDS.flatMap((name) => refuseIf(spec?.[name] === true, ['spec', name], true, 'remove it')),
};
