/** The name of npm's lock that `npm install` writes. */
export const PACKAGE_LOCK = 'package-lock.json';

/** The same lock under the name that `npm shrinkwrap` gives it. */
export const SHRINKWRAP = 'npm-shrinkwrap.json';

/** npm reads one lock, and prefers the first (https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json). */
export const NPM_LOCKS = [SHRINKWRAP, PACKAGE_LOCK] as const;

/** What npm reads in a folder of a source to resolve its dependencies, beside archives. */
export const RESOLVED_FROM: readonly string[] = ['package.json', ...NPM_LOCKS, '.npmrc'];
