/** Set by scripts/binary.mjs, the hash of what the file carries; Node.js runs dist/ without it. */
declare const BUILDLESS_STANDALONE: string | undefined;

/** Which build this one file is that runs without Node.js; undefined if Node.js runs this. */
export const STANDALONE: string | undefined =
  typeof BUILDLESS_STANDALONE === 'string' ? BUILDLESS_STANDALONE : undefined;
