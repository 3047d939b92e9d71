import type { Language } from './languages.ts';

/** One row of the catalogue: an administrator may add or override rows in the configuration. */
export interface Runtime {
  readonly language: Language;
  /** Image that the Function's container and `buildless-install` run; glibc by default, as musl breaks native packages. */
  readonly image: string;
  /** Version of the language as `MAJOR` (Node.js) or `MAJOR.MINOR` (Python). */
  readonly version: string;
  /** Command that starts the language's interpreter in the image. */
  readonly interpreter: string;
  /** C library of the image, `glibc` where it is left out: what the toolkit installs must fit to it. */
  readonly libc?: 'glibc' | 'musl';
  /** Set where the runtime should not be used any more: what to use instead. */
  readonly deprecated?: string;
}

export type RuntimeCatalogue = Readonly<Record<string, Runtime>>;

/**
 * The catalogue as shipped. Images carry full versions: what is `latest` today is not tomorrow.
 * Node.js 20 left maintenance in April 2026 (github.com/nodejs/release).
 */
export const RUNTIMES: RuntimeCatalogue = {
  nodejs20: {
    language: 'nodejs',
    version: '20',
    image: 'docker.io/library/node:20.20.2-slim',
    interpreter: 'node',
    deprecated: 'Node.js 20 is past its end of life (2026-04-30); use nodejs22 or nodejs24',
  },
  nodejs22: { language: 'nodejs', version: '22', image: 'docker.io/library/node:22.23.3-slim', interpreter: 'node' },
  nodejs24: { language: 'nodejs', version: '24', image: 'docker.io/library/node:24.21.0-slim', interpreter: 'node' },
  python311: {
    language: 'python',
    version: '3.11',
    image: 'docker.io/library/python:3.11.18-slim',
    interpreter: 'python3',
  },
  python312: {
    language: 'python',
    version: '3.12',
    image: 'docker.io/library/python:3.12.16-slim',
    interpreter: 'python3',
  },
  python313: {
    language: 'python',
    version: '3.13',
    image: 'docker.io/library/python:3.13.18-slim',
    interpreter: 'python3',
  },
  python314: {
    language: 'python',
    version: '3.14',
    image: 'docker.io/library/python:3.14.10-slim',
    interpreter: 'python3',
  },
};
