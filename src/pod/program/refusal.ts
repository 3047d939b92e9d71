/** Why a program of a Function's Pod cannot go on: a message for the person who reads the Pod's status. */
export interface Refusal {
  readonly refusal: string;
}

export const refuse = (refusal: string): Refusal => ({ refusal });

export const isRefusal = (value: object): value is Refusal => 'refusal' in value;

/**
 * Explains an error of the file system that the Pod's owner can do something about.
 *
 * @returns undefined if the error is a fault of ours
 */
export function explainSystemError(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const place = 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : '';
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `the volume is full${place}; have the administrator raise volumes.appSizeLimit or volumes.tmpSizeLimit of the configuration, or shrink the source`;
    case 'EACCES':
    case 'EPERM':
      return `access denied${place} for user ${String(process.getuid?.())}; see that all containers of the Pod run as the same user and that the source is readable for it`;
    case 'EROFS':
      return `the file system is read-only${place}; the volumes buildless-app and buildless-tmp must be writable here`;
    default:
      return undefined;
  }
}
