import type { Engine } from './engine.d.mts';

export interface BuiltImage {
  readonly name: string;
  readonly reference: string;
  /** An OCI archive. */
  readonly archive: string;
  /** Of its manifest. */
  readonly digest: string;
  /** From the lowest: what made it, and its size compressed. */
  readonly layers: readonly { readonly what: string; readonly bytes: number }[];
}

export const IMAGE_NAMES: readonly ['toolkit', 'buildless'];
export function cacheFolder(): string;
export function buildImages(options: {
  /** Makes the base images on this machine, without a registry. */
  readonly localBases: boolean;
  /** Folder for the archives. */
  readonly output: string;
  /** Whether layers of an earlier build are used. */
  readonly cached?: boolean;
  readonly say: (line: string) => void;
}): Promise<readonly BuiltImage[]>;
/** An engine with images and layers of its own, and in it the base images that a Dockerfile names, made on this machine. */
export function engineWithBases(dockerfile: string, say: (line: string) => void): Promise<Engine>;
