import { existsSync, writeFileSync } from 'node:fs';

/** What the kubelet reads of a termination message (kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure). */
const LIMIT = 4096;
const DEFAULT_FILE = '/dev/termination-log';

/**
 * Leaves the reason of a failure where `kubectl describe pod` shows it. Does its best: a file that cannot be written
 * stops nothing, as the log has the same text.
 */
export function writeTerminationMessage(text: string, environment: NodeJS.ProcessEnv): void {
  const chosen = environment.BUILDLESS_TERMINATION_LOG;
  // The kubelet makes the default file; where it is missing there is no kubelet, and /dev is not a place to leave one.
  const file = chosen ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (file === undefined) return;
  try {
    writeFileSync(file, cut(text, LIMIT));
  } catch {
    // See above.
  }
}

/** Cuts a string to a number of bytes in UTF-8, between two characters. */
export function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.byteLength <= bytes) return text;
  const mark = '...';
  let end = bytes - mark.length;
  // A continuation byte is 10xxxxxx (RFC 3629): never cut before one.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.toString('utf8', 0, end) + mark;
}
