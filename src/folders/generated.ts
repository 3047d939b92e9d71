import type { Document, LineCounter } from 'yaml';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ManifestDocument, Origin } from '../manifests/documents.ts';
import { parseKubernetesYaml, writeKubernetesYaml } from '../manifests/kubernetes-yaml.ts';

/** An object that was made from a folder, as a document. Its text is written when it is asked for: a run needs none. */
export class GeneratedDocument implements ManifestDocument {
  readonly offset = 0;
  #parsed: { readonly document: Document.Parsed; readonly lines: LineCounter } | undefined;
  #text: string | undefined;

  constructor(
    readonly object: KubernetesObject,
    readonly index: number,
    readonly origin: Origin,
    text?: string,
  ) {
    this.#text = text;
  }

  get file(): string {
    return this.origin.file;
  }

  get text(): string {
    // Documents of one file follow each other.
    this.#text ??= `${this.index > 1 ? '---\n' : ''}${writeKubernetesYaml(this.object)}`;
    return this.#text;
  }

  get parsed(): Document.Parsed {
    return this.#read().document;
  }

  get lines(): LineCounter {
    return this.#read().lines;
  }

  #read(): { readonly document: Document.Parsed; readonly lines: LineCounter } {
    if (this.#parsed === undefined) {
      const { documents, lines } = parseKubernetesYaml(this.text);
      const [document] = documents;
      if (document === undefined) throw new Error('a generated object has no text');
      this.#parsed = { document, lines };
    }
    return this.#parsed;
  }
}
