import type { KnownRevision } from '../../src/control/known-revision.ts';

/** A lock of the source `hello`, unless something else is given. */
export const knownRevision = (name: string, created: string, changes: Partial<KnownRevision> = {}): KnownRevision => ({
  namespace: 'shop',
  name,
  uid: name,
  version: '1',
  base: 'hello',
  holds: 'lock',
  digest: '',
  owners: [],
  created,
  isEnding: false,
  ...changes,
});
