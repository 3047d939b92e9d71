import { isValidName } from '../valid-name.ts';
import { foldName } from './entry.ts';

/** npm flattens its trees; the deepest of well-known packages have about 10 levels. */
const MOST_LEVELS = 50;
const LONGEST_LOCATION = 2048;

/**
 * Why npm would not write a location like this. npm resolves it like any path (arborist's load-virtual.js), so that
 * `node_modules//a`, `./node_modules/a` and `node_modules/x/../a` are all `node_modules/a` for it, and the last one counts.
 *
 * @returns undefined if it is canonical: `node_modules/NAME`, repeated, perhaps below a folder of the source; or a folder
 */
export function locationFault(location: string): string | undefined {
  if (location === '') return undefined;
  if (location.length > LONGEST_LOCATION) return `is longer than ${LONGEST_LOCATION} characters`;
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\\\u0000-\u001f\u007f]/.test(location)) return 'has a backslash or a control character in it';
  const segments = location.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'is not written as npm writes it: a segment is empty, "." or ".."';
  }
  const first = segments.findIndex((segment) => foldName(segment) === 'node_modules');
  return first === -1 ? undefined : modulesFault(segments.slice(first));
}

function modulesFault(segments: readonly string[]): string | undefined {
  let levels = 0;
  for (let index = 0; index < segments.length; levels += 1) {
    if (segments[index] !== 'node_modules') return 'has a part that is neither node_modules nor the name of a package';
    const scoped = segments[index + 1]?.startsWith('@') === true;
    const name = segments.slice(index + 1, index + (scoped ? 3 : 2)).join('/');
    if (!isValidName(name)) return 'has a part that is not the name of a package';
    index += scoped ? 3 : 2;
  }
  return levels > MOST_LEVELS ? `has more than ${MOST_LEVELS} levels of node_modules` : undefined;
}
