import { digestOf, filesOfConfigMap } from '../function/files.ts';
import { FUNCTION_LABEL } from '../function/keys.ts';
import type { Source } from '../function/source.ts';
import { textsOf, type Metadata } from './metadata.ts';

/**
 * What is kept of a ConfigMap: its files and their digest, computed when first asked for. Until then the data as it came,
 * after that only the files; never annotations (kubectl keeps a second copy of the data there) nor managedFields.
 */
export function configMapSource(configMap: object, { name, labels }: Metadata): () => Source {
  const labelled = Object.hasOwn(labels, FUNCTION_LABEL);
  let data: { data: Readonly<Record<string, string>>; binaryData: Readonly<Record<string, string>> } | undefined = {
    data: textsOf('data' in configMap ? configMap.data : undefined),
    binaryData: textsOf('binaryData' in configMap ? configMap.binaryData : undefined),
  };
  let source: Source | undefined;
  return () => {
    if (source !== undefined) return source;
    const read = filesOfConfigMap(name, data ?? {});
    data = undefined;
    source =
      'findings' in read
        ? { type: 'invalid', findings: read.findings }
        : { type: 'files', files: read.files, digest: digestOf(read.files), labelled };
    return source;
  };
}
