/** The kinds of reports that viewers such as Policy Reporter and Headlamp read. */

export interface ReportKind {
  readonly group: string;
  /** With the version. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  /** Whether a report says itself who wrote it, besides each result. */
  readonly hasSource: boolean;
}

/**
 * The first one that a cluster has is written.
 * Sources: https://github.com/openreports/reports-api, https://github.com/kubernetes-sigs/wg-policy-prototypes/tree/main/policy-report
 */
export const REPORT_KINDS: readonly ReportKind[] = [
  {
    group: 'openreports.io',
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    resource: 'reports',
    hasSource: true,
  },
  {
    group: 'wgpolicyk8s.io',
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: 'PolicyReport',
    resource: 'policyreports',
    hasSource: false,
  },
];

/** Path of all reports of a kind in the API. */
export const reportsPath = ({ apiVersion, resource }: ReportKind): string => `/apis/${apiVersion}/${resource}`;

/** Path of the reports of a namespace. */
export const reportsPathIn = ({ apiVersion, resource }: ReportKind, namespace: string): string =>
  `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${resource}`;

/** One for each namespace: a name that is known beforehand can be named in RBAC. */
export const REPORT_NAME = 'buildless';

/** Tells our reports from one of somebody else that has the name. */
export const REPORT_LABELS = { 'app.kubernetes.io/managed-by': 'buildless' } as const;
