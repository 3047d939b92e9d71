/** ConfigMaps of manifests: what the API server would check of them, and the source of a Function. */
import type { ConfigMapSource } from '../function/config-maps.ts';
import { digestOf, filesOfConfigMap, type ConfigMapData } from '../function/files.ts';
import { FUNCTION_LABEL, REFRESH_ANNOTATION } from '../function/keys.ts';
import { refreshOf } from '../function/source-state.ts';
import { annotationsOf, isObject, labelsOf, nameOf, type KubernetesObject } from '../kubernetes/object.ts';
import type { Finding } from '../outcome/finding.ts';
import type { FieldPath } from '../outcome/place.ts';
import { inKibibytes, LARGEST_CONFIG_MAP, sizeOfConfigMap } from './config-map-size.ts';

/** The Function's name on a Pod, a template or a ConfigMap; undefined if it is none. */
export const functionLabelOf = (object: KubernetesObject): string | undefined => labelsOf(object)[FUNCTION_LABEL];

/** A ConfigMap as the source of a Function. */
export function sourceOf(configMap: KubernetesObject): ConfigMapSource {
  const name = nameOf(configMap);
  const data = configMapData(name, configMap);
  const read = 'findings' in data ? data : filesOfConfigMap(name, data);
  if ('findings' in read) return { type: 'invalid', findings: read.findings };
  return {
    type: 'files',
    name,
    files: read.files,
    digest: digestOf(read.files),
    labelled: functionLabelOf(configMap) !== undefined,
    refresh: refreshOf(annotationsOf(configMap)[REFRESH_ANNOTATION]),
  };
}

/** Checks what the API server would: that data and binaryData hold texts, and base64 where it must be. */
export function configMapData(
  name: string,
  configMap: KubernetesObject,
): ConfigMapData | { readonly findings: readonly Finding[] } {
  const object = { kind: 'ConfigMap', name } as const;
  const findings: Finding[] = [];
  const entriesOf = (field: 'data' | 'binaryData'): Record<string, string> => {
    const value = configMap[field];
    const entries: [string, string][] = [];
    const refuse = (at: FieldPath, problem: string, fix: string): void => {
      findings.push({ code: 'source-invalid', object, field: [field, ...at], problem, fix });
    };
    if (value !== undefined && value !== null && !isObject(value))
      refuse([], `${field} is not a map`, 'write file names and texts below it');
    for (const [key, written] of Object.entries(isObject(value) ? value : {})) {
      // The API server reads null as the empty string.
      const text = written ?? '';
      if (typeof text !== 'string')
        refuse([{ key }], 'the value is not a string', 'put it in quotes, or write it as a block with "|"');
      else if (field === 'binaryData' && !BASE64.test(text))
        refuse([{ key }], 'the value is not base64', 'encode the file with base64');
      else entries.push([key, text]);
    }
    return Object.fromEntries(entries);
  };
  const data = { data: entriesOf('data'), binaryData: entriesOf('binaryData') };
  const size = sizeOfConfigMap(configMap);
  if (size > LARGEST_CONFIG_MAP) {
    findings.push({
      code: 'source-invalid',
      object,
      field: ['data'],
      problem: `the ConfigMap has ${inKibibytes(size)}, and Kubernetes allows ${inKibibytes(LARGEST_CONFIG_MAP)}`,
      fix: 'divide it (buildless.dev/source: configmap:A+B), move the source into a Git repository, or take out what the Function does not need',
    });
  }
  return findings.length > 0 ? { findings } : data;
}

const BASE64 = /^(?:[A-Za-z0-9+/\s]{2,}(?:={1,2}\s*)?)?$/;
