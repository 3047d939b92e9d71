import { MODULES } from '../../../../dependencies/npm/lock/entry.ts';
import { readJsonFile } from '../../../../dependencies/npm/json-file.ts';
import { LOCK_FILES } from '../../../../dependencies/lock-files.ts';
import { isJsonObject } from '../../../../json/object.ts';
import type { PlacesOf } from '../place.ts';

const LEVELS = 2;

export const placesInNpmLock: PlacesOf = (files) => {
  const file = LOCK_FILES.of('nodejs').authors.find((each) => files.has(each));
  const content = file === undefined ? undefined : files.get(file);
  if (file === undefined || content === undefined) return () => undefined;
  const read = readJsonFile(file, content, LEVELS);
  if ('problem' in read || !isJsonObject(read.value.packages)) return () => ({ file });
  const locations = new Map<string, string>();
  for (const [location, entry] of Object.entries(read.value.packages)) {
    const at = location.lastIndexOf(MODULES);
    if (at === -1 || !isJsonObject(entry)) continue;
    const name = typeof entry.name === 'string' ? entry.name : location.slice(at + MODULES.length);
    for (const key of [name, `${name}@${String(entry.version)}`]) {
      if (!locations.has(key)) locations.set(key, location);
    }
  }
  return ({ name, version }) => {
    const location = locations.get(version === undefined ? name : `${name}@${version}`);
    return location === undefined ? { file } : { file, ...read.positionOf(['packages', location], 'key') };
  };
};
