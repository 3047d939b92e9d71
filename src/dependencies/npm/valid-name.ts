import validate from 'validate-npm-package-name';

/** What nearly all names are; npm's own check makes lists of errors and warnings for each. */
const PLAIN = /^(?:@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,99}$/;
/** Names that npm refuses all the same. */
const RESERVED: readonly string[] = ['node_modules', 'favicon.ico'];

/** Half of a character outside of the basic plane, which JSON can hold, and no address: npm's check throws. */
const HALF = /\p{Surrogate}/u;

/** Whether npm takes a name: what it only warns about (capitals, names of Node.js' own modules) can be installed. */
export const isValidName = (name: string): boolean =>
  (PLAIN.test(name) && !RESERVED.includes(name)) || (!HALF.test(name) && validate(name).validForOldPackages);
