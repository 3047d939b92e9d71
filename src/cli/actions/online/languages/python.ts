import { normalizeName } from '../../../../dependencies/python/format/names.ts';
import { PYLOCK } from '../../../../dependencies/python/pylock/read.ts';
import type { Place } from '../../../../outcome/place.ts';
import type { PlacesOf } from '../place.ts';

/** A lock of Python has a package once; requirements with hashes may be in several files. */
export const placesInPythonLock: PlacesOf = (files) => {
  const places = new Map<string, Place>();
  const read = files.has(PYLOCK) ? [PYLOCK] : [...files.keys()].filter((file) => file.endsWith('.txt'));
  for (const file of read) {
    const lines = new TextDecoder().decode(files.get(file)).split('\n');
    for (const [index, line] of lines.entries()) {
      const name = normalizeName(file === PYLOCK ? nameInTable(line) : nameOfRequirement(line));
      if (name !== '' && !places.has(name)) places.set(name, { file, line: index + 1, column: 1 });
    }
  }
  return ({ name }) => places.get(name) ?? (read[0] === undefined ? undefined : { file: read[0] });
};

/** `name = "flask"` of `[[packages]]`: no other table of PEP 751 begins a line with a name. */
function nameInTable(line: string): string {
  const [key = '', value = ''] = line.split('=', 2);
  return key.trim() === 'name' ? value.trim().slice(1, -1) : '';
}

const nameOfRequirement = (line: string): string => /^[A-Za-z0-9][A-Za-z0-9._-]{0,200}/.exec(line)?.[0] ?? '';
