import type { Platform } from '../../installers/wanted-tree.ts';

/** The runtime's: the toolkit's container runs on the same machine, and the C library is the image's. */
export const platformOf = ({ libc }: { readonly libc: string }): Platform => ({
  os: 'linux',
  cpu: process.arch,
  libc,
});
