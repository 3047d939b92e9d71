/** Set by scripts/build.mjs from package.json; run from source (tests) there is no build. */
declare const BUILDLESS_VERSION: string | undefined;

/** Version of Buildless, SemVer. */
export const VERSION: string = typeof BUILDLESS_VERSION === 'string' ? BUILDLESS_VERSION : '0.0.0-source';
