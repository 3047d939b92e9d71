/** Failures of npm and uv that another try may not have: the registry or the way to it, not what was asked for. */
import type { ProgramEnd } from '../pod/program/run-program.ts';
import type { LockFailure } from './lock.ts';

/** Codes of Node.js and npm (`npm error code ECONNRESET`), and what uv prints of its HTTP client. */
const SIGNS = [
  /^npm error code (?:E429|E5\d\d|EAI_AGAIN|ENOTFOUND|ECONN\w+|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|ESOCKETTIMEDOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR|ENOSPC)$/m,
  /error sending request|operation timed out|HTTP status server error|429 Too Many Requests|connection closed before|No space left on device/,
];

/** @returns a field of a failure */
export const temporaryEnd = ({ stderr, timedOut, signal }: ProgramEnd): Pick<LockFailure, 'temporary'> =>
  timedOut || signal !== null || SIGNS.some((sign) => sign.test(stderr)) ? { temporary: true } : {};
