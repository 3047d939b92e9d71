/** Versions of the Pod Security Standards, as a namespace names them: the minor release of Kubernetes 1, e.g. 34. */
export const LATEST_POD_SECURITY = Number.POSITIVE_INFINITY;

/**
 * Reads the label `pod-security.kubernetes.io/enforce-version`.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
 *
 * @returns the newest version for `latest`, for no label, and for a value that Pod Security Admission takes for the newest
 */
export function podSecurityVersion(label: string | undefined): number {
  const minor = /^v1\.(\d{1,3})$/.exec(label ?? '')?.[1];
  return minor === undefined ? LATEST_POD_SECURITY : Number(minor);
}
