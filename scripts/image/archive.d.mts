/** What an image says about itself beside its files. */
export interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
}

export function packLayer(folder: string, tar: string): void;
export function writeArchive(
  reference: string,
  layers: readonly string[],
  config: ImageConfig,
  tar: string,
): Promise<void>;
