/**
 * How much of a Python source is judged. Text over a limit is refused with a finding that names the limit, so that the time
 * of a judgement is bounded. Files that tools write stay far below: a requirement with 200 hashes has 17,000 characters.
 */

/** Characters of a line of a requirements file, with the lines that a backslash joins to it. */
export const LONGEST_LINE = 65_536;
/** Characters of a requirement without its options: name, extras, version specifier and marker. */
export const LONGEST_REQUIREMENT = 8192;
/** Lines of all requirements and constraints files, joined and without comments. */
export const MOST_LINES = 20_000;
/** Requirements and constraints of all files, or packages of a pylock.toml. */
export const MOST_PACKAGES = 5000;
/** Levels of arrays and inline tables in a TOML file. */
export const DEEPEST_TOML = 64;

/** @param what has too many characters, with its verb, e.g. `the line has` */
export const tooLong = (what: string, length: number, limit: number): string =>
  `${what} ${show(length)} characters, and at most ${show(limit)} are read`;

/** @param what there is too much of, e.g. `packages` */
export const tooMany = (what: string, limit: number): string =>
  `the source has more than ${show(limit)} ${what}, which is the limit`;

const show = (count: number): string => count.toLocaleString('en-US');
