import type { BuildOptions } from 'esbuild';

/** What all bundles have in common: everything in one file, for Node.js. */
export function bundleOptions(): Promise<BuildOptions>;
