import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { PLACE } from './machine/place.ts';

const STORAGE = { requests: { storage: '1Gi' } };

/**
 * A PersistentVolumeClaim that any user may write to. The node has no provisioner, so its volume is made by hand; on another
 * cluster it comes from the default StorageClass.
 *
 * @param ours whether the cluster's node is the one of this machine
 */
export function claim(name: string, ours: boolean): readonly object[] {
  const common = { accessModes: ['ReadWriteOnce'], resources: STORAGE };
  const made = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name } };
  if (!ours) return [{ ...made, spec: common }];
  const volumeName = `cache-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const folder = path.join(PLACE.folder, volumeName);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName },
    spec: {
      capacity: STORAGE.requests,
      accessModes: common.accessModes,
      storageClassName: '',
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: folder },
    },
  };
  return [volume, { ...made, spec: { ...common, storageClassName: '', volumeName } }];
}
