/** The version of bun inside of the files. */
export const BUN_VERSION: string;
/** By the names that Go has for platforms, e.g. `linux-amd64`. */
export const PLATFORMS: Readonly<
  Record<string, { readonly target: string; readonly package: string; readonly integrity: string }>
>;
/** The name of the file on a platform. */
export function binaryName(platform: string): string;
/** Puts the file together in a folder and returns its path; dist/ has to be built. */
export function buildBinary(folder: string, platform?: string): Promise<string>;
