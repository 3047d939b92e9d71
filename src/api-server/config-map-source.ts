import type { ConfigMapSource } from '../function/config-maps.ts';
import { digestOf, filesOfConfigMap } from '../function/files.ts';
import { FUNCTION_LABEL, REFRESH_ANNOTATION } from '../function/keys.ts';
import { refreshOf } from '../function/source-state.ts';
import { textsOf, type Metadata } from './metadata.ts';

/**
 * What is kept of a ConfigMap: its files and their digest, computed when first asked for. Until then the data as it came,
 * after that only the files; of its annotations (kubectl keeps a second copy of the data there) only the number of refreshes,
 * and never managedFields.
 */
export function configMapSource(configMap: object, { name, labels }: Metadata): () => ConfigMapSource {
  const labelled = Object.hasOwn(labels, FUNCTION_LABEL);
  const refresh = refreshOf(annotationOf(configMap, REFRESH_ANNOTATION));
  let data: { data: Readonly<Record<string, string>>; binaryData: Readonly<Record<string, string>> } | undefined = {
    data: textsOf('data' in configMap ? configMap.data : undefined),
    binaryData: textsOf('binaryData' in configMap ? configMap.binaryData : undefined),
  };
  let source: ConfigMapSource | undefined;
  return () => {
    if (source !== undefined) return source;
    const read = filesOfConfigMap(name, data ?? {});
    data = undefined;
    source =
      'findings' in read
        ? { type: 'invalid', findings: read.findings }
        : { type: 'files', name, files: read.files, digest: digestOf(read.files), labelled, refresh };
    return source;
  };
}

function annotationOf(object: object, key: string): string | undefined {
  const metadata: unknown = 'metadata' in object ? object.metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('annotations' in metadata)) return undefined;
  return textsOf(metadata.annotations)[key];
}
