/**
 * Labelled ConfigMaps, so that a bad edit is stopped when it is applied, and not when the next Pod starts. One without the
 * label is not seen here; the Functions that read it are warned.
 */
import { isDeepStrictEqual } from 'node:util';
import { digestOf, filesOfConfigMap, type ConfigMapData } from '../../function/files.ts';
import { FUNCTION_LABEL } from '../../function/keys.ts';
import { languageNames, LANGUAGES, type Language } from '../../function/languages.ts';
import { isObject, labelsOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { endingSoon, judgeFiles } from '../dependencies.ts';
import { factsOf } from '../review-namespace.ts';
import { whileClusterLocks } from '../missing-locks.ts';
import { concluded, refused, skipped } from '../response.ts';
import type { KindReviewer } from './kind.ts';

export const reviewConfigMap: KindReviewer = async ({ uid, namespace, name, object, oldObject }, context) => {
  const label = labelsOf(object)[FUNCTION_LABEL];
  if (label === undefined) return skipped(uid, 'not-a-function');
  if (oldObject !== undefined && FUNCTION_LABEL in labelsOf(oldObject) && sameContent(object, oldObject)) {
    return skipped(uid, 'unchanged');
  }
  const subject = `Function "${label}" (ConfigMap ${namespace}/${name})`;
  const read = filesOfConfigMap(name, configMapData(object));
  if ('findings' in read) return refused(uid, subject, read.findings);
  const { levels, releaseRules, warnings, findings } = await factsOf(namespace, context);
  const { files } = read;
  const judged = {
    namespace,
    files,
    digest: digestOf(files),
    languages: languagesOf(files),
    function: label,
    licences: releaseRules?.licences,
  };
  const verdict = await judgeFiles(judged, levels, context);
  const admitted = whileClusterLocks(verdict, context.configuration());
  const { enforced, warned, audited, unchecked = [] } = admitted;
  return concluded(uid, subject, {
    findings: [...findings, ...enforced],
    warnings: [...warnings, ...warned, ...unchecked, ...endingSoon(admitted)],
    audited,
    levels,
  });
};

/** The languages whose dependency files are there: a ConfigMap names no runtime. */
export function languagesOf(files: Pick<ReadonlyMap<string, unknown>, 'has'>): readonly Language[] {
  return languageNames().filter((language) => LANGUAGES.of(language).dependencyFiles.some((file) => files.has(file)));
}

function configMapData(object: KubernetesObject): ConfigMapData {
  return { data: texts(object.data), binaryData: texts(object.binaryData) };
}

function texts(value: unknown): Record<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

const sameContent = (a: KubernetesObject, b: KubernetesObject): boolean =>
  isDeepStrictEqual(configMapData(a), configMapData(b));
