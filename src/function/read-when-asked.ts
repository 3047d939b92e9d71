import type { SourceFiles } from './files.ts';

/** Files of a source of which each is read when it is asked for: what goes through all of them asks for one after the other. */
export abstract class ReadWhenAsked implements SourceFiles {
  abstract readonly size: number;
  abstract has(file: string): boolean;
  abstract get(file: string): Uint8Array | undefined;
  abstract keys(): MapIterator<string>;

  *entries(): Generator<[string, Uint8Array], undefined> {
    for (const file of this.keys()) {
      const content = this.get(file);
      if (content !== undefined) yield [file, content];
    }
  }

  *values(): Generator<Uint8Array, undefined> {
    for (const [, content] of this.entries()) yield content;
  }

  [Symbol.iterator](): Generator<[string, Uint8Array], undefined> {
    return this.entries();
  }

  forEach(callback: (content: Uint8Array, file: string, files: SourceFiles) => void): void {
    for (const [file, content] of this.entries()) callback(content, file, this);
  }
}
