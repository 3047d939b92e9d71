/**
 * Adds the volumes: code and dependencies, a writable /tmp, the source, the lock of its revision, and what was asked for by annotation.
 *
 * Fields: spec.volumes
 */
import type { V1Volume } from '@kubernetes/client-node';
import { VOLUMES } from '../../function/keys.ts';
import { LANGUAGES } from '../../function/languages.ts';
import { changeSpec, type InjectionContext, type Step } from '../context.ts';
import { isUnset } from '../../kubernetes/unset.ts';

export const volumes: Step = (pod, context) =>
  changeSpec(pod, (spec) => ({
    ...spec,
    volumes: [...(spec.volumes ?? []), ...addedVolumes(context, secretMode(spec.securityContext?.fsGroup))],
  }));

/**
 * A Secret's files belong to root and the Pod's fsGroup. Without an fsGroup a non-root reader needs the last bit; the
 * volume is mounted in one injected container only. An fsGroup of our own would re-own the author's volumes.
 */
const secretMode = (fsGroup: number | undefined): number => (isUnset(fsGroup) ? 0o444 : 0o440);

function addedVolumes(
  { configuration, definition, installPlan, pinned }: InjectionContext,
  defaultMode: number,
): readonly V1Volume[] {
  const install = installPlan.kind !== 'none';
  const { appSizeLimit, tmpSizeLimit } = configuration.volumes;
  const registryFile = LANGUAGES.of(definition.runtime.language).registryFile;
  return [
    { name: VOLUMES.app, emptyDir: { sizeLimit: appSizeLimit } },
    { name: VOLUMES.tmp, emptyDir: { sizeLimit: tmpSizeLimit } },
    ...sourceVolume(pinned?.source ?? definition.source),
    ...(definition.sourceAuth === undefined
      ? []
      : [{ name: VOLUMES.sourceAuth, secret: { secretName: definition.sourceAuth, defaultMode } }]),
    ...(pinned?.lock === undefined ? [] : [{ name: VOLUMES.lock, configMap: { name: pinned.lock } }]),
    ...(definition.registry === undefined || !install
      ? []
      : [
          {
            name: VOLUMES.registry,
            secret: {
              secretName: definition.registry,
              defaultMode,
              items: [{ key: registryFile, path: registryFile }],
            },
          },
        ]),
    ...(definition.cache === undefined || !install
      ? []
      : [{ name: VOLUMES.cache, persistentVolumeClaim: { claimName: definition.cache } }]),
  ];
}

function sourceVolume(source: InjectionContext['definition']['source']): readonly V1Volume[] {
  switch (source.type) {
    case 'configmap':
      return [{ name: VOLUMES.source, ...configMapVolume(source.names) }];
    case 'image':
      return [{ name: VOLUMES.source, image: { reference: source.reference } }];
    case 'git':
      return [];
  }
}

/** One volume, whose files are those of all ConfigMaps: they have no key in common. */
function configMapVolume(names: readonly string[]): Pick<V1Volume, 'configMap' | 'projected'> {
  const [name, ...more] = names;
  return name !== undefined && more.length === 0
    ? { configMap: { name } }
    : { projected: { sources: names.map((each) => ({ configMap: { name: each } })) } };
}
