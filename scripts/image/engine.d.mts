/** A program that builds images from a Dockerfile. */
export interface Engine {
  readonly name: string;
  has(reference: string): boolean;
  build(options: {
    /** The Dockerfile. */
    readonly file: string;
    /** The last stage if absent. */
    readonly target?: string;
    readonly reference: string;
    /** Values of ARG. */
    readonly args?: Readonly<Record<string, string>>;
    readonly context: string;
    /** Whether the base images are not pulled. */
    readonly local: boolean;
    /** Whether layers of an earlier build are used. */
    readonly cached?: boolean;
    /** Whether layers are kept for the next build. */
    readonly layers?: boolean;
  }): void;
  load(archive: string): void;
  /** As `docker save`. */
  save(reference: string, file: string): void;
  remove(reference: string): void;
}
