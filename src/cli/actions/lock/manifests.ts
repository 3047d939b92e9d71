import { offlineContext } from '../../../admission/offline.ts';
import type { Configuration } from '../../../config/configuration.ts';
import type { ManifestDocument } from '../../../manifests/documents.ts';
import { locateObjects } from '../../../manifests/located-objects.ts';
import { strayKeys } from '../../../manifests/stray-keys.ts';
import type { LockOptions } from '../../options/lock.ts';
import { printFindings } from '../../terminal.ts';
import { describe } from '../input.ts';
import type { ChosenRuntime } from './chosen-runtime.ts';
import { ConfigMapLocks } from './config-map-locks.ts';
import { lockTargets } from './lock-targets.ts';
import { sourcesOf } from './manifest-sources.ts';
import type { Locked, NotLocked } from './outcome.ts';
import { targetsOf } from './targets.ts';

/** Locks the sources that are ConfigMaps of the input, and writes the locks into them. */
export async function lockManifests(
  documents: readonly ManifestDocument[],
  configuration: Configuration,
  runtime: ChosenRuntime,
  options: LockOptions,
): Promise<readonly Locked[]> {
  for (const document of documents) printFindings('warning', strayKeys(document.object), describe(document));
  const context = offlineContext(documents, configuration, options.namespace);
  const objects = locateObjects(documents, options.namespace);
  const failures: NotLocked[] = [];
  const locks = new ConfigMapLocks();
  for (const { namespace, reference, users } of sourcesOf(documents, objects, configuration, options.namespace)) {
    const source = await context.readSource(namespace, reference);
    const [first, ...others] = reference.names.flatMap((name) => objects.find('ConfigMap', namespace, name) ?? []);
    if (first === undefined) continue;
    const where = `${first.document.file}: ConfigMap ${reference.names.join('+')}`;
    if (source.type === 'invalid') {
      failures.push(...source.findings.map(({ problem, fix }) => ({ problem, fix, where, wrongInput: true })));
    }
    if (source.type !== 'files') continue;
    const { files } = source;
    const result = await lockTargets(
      { where, name: first.name, files, targets: targetsOf(users, files, runtime) },
      configuration.dependencies,
      options,
    );
    failures.push(...result.failures);
    for (const locked of result.locked) {
      const refused = locks.add(locked, [first, ...others]);
      if (refused !== undefined) failures.push({ ...refused, where });
    }
  }
  return [...locks.writtenInto(documents), ...failures];
}
