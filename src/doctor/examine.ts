import type { Check, CheckResult, Patient } from './check.ts';
import { certificate } from './checks/certificate.ts';
import { configuration } from './checks/configuration.ts';
import { controller } from './checks/controller.ts';
import { dryRunFunction } from './checks/function.ts';
import { denied } from './checks/denied.ts';
import { exceptions } from './checks/exceptions.ts';
import { injectedVersions } from './checks/injected-versions.ts';
import { namespaces } from './checks/namespaces.ts';
import { only } from './checks/only.ts';
import { pushes } from './checks/pushes.ts';
import { quotas } from './checks/quotas.ts';
import { registration } from './checks/registration.ts';
import { replicas } from './checks/replicas.ts';
import { reports } from './checks/reports.ts';
import { rights } from './checks/rights.ts';
import { toolkit } from './checks/toolkit.ts';
import { version } from './checks/version.ts';
import { workloads } from './checks/workloads.ts';

/** In the order in which one thing needs the other. */
const CHECKS: readonly Check[] = [
  version,
  rights,
  replicas,
  configuration,
  denied,
  exceptions(),
  toolkit,
  registration,
  certificate,
  namespaces,
  only,
  controller(),
  pushes,
  reports,
  quotas,
  injectedVersions,
  dryRunFunction,
  workloads,
];

/** Runs every check, all at once; the results come in their order. */
export async function examine(patient: Patient): Promise<readonly CheckResult[]> {
  return (await Promise.all(CHECKS.map((check) => check(patient)))).flat();
}
