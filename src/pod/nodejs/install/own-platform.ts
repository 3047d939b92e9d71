import { existsSync, readdirSync } from 'node:fs';
import type { Platform } from '../../../installers/wanted-tree.ts';

/** The platform that npm installs for in this container, with the Node.js that npm takes it for. */
export const ownPlatform = (npmVersion: string, nodeVersion = process.version): Platform => ({
  os: process.platform,
  cpu: process.arch,
  libc: hasMusl() ? 'musl' : 'glibc',
  engines: { node: nodeVersion, npm: npmVersion },
});

/** musl's loader is at this place in each image that has it (musl.libc.org, "Getting started"). */
function hasMusl(): boolean {
  const folder = '/lib';
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('ld-musl-'));
}
