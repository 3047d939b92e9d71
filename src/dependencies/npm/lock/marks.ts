// In a file of their own without imports, as the bundler then puts the numbers where the names are.

/** In place of a package: the root's node_modules, or that there is none. */
export const NO_ENTRY = -1;

// What is known of a package beyond places and numbers: bits, as thousands of them are kept.

/** A link, a shrinkwrap of its own, or something that a judgement reads and that is no plain text: for others to judge. */
export const IS_ODD = 1;
/** Its address is none of the public registry's. */
export const IS_ELSEWHERE = 2;
export const HAS_SHA512 = 4;
export const IN_BUNDLE = 8;
export const BUNDLES_OTHERS = 16;
/** Others are in its node_modules. */
export const HAS_CHILDREN = 64;
/** Set by who follows what is asked for. */
export const IS_REACHED = 32;
