import { isUrl } from '../format/addresses.ts';
import { folderOf, resolveInside } from '../format/paths.ts';
import { isAllowedIndex } from './indexes.ts';
import { aboutLine, quote, type Rule } from './rule.ts';

/**
 * Pages and folders in which pip looks for files as well: `-f`, `--find-links`.
 *
 * no-latest refuses: an address that `dependencies.registries.python` of the configuration does not have, a path outside the source
 */
export const findLinks: Rule = function* ({ reading, settings, tree }) {
  for (const option of reading.options) {
    if (option.name !== 'find-links') continue;
    const isAddress = isUrl(option.value) || option.value.includes('://');
    if (isAddress && isAllowedIndex(option.value, settings)) continue;
    // Beside the file that names it, else where pip runs (handle_option_line of pip).
    const inside = [folderOf(option.file), ''].map((folder) => resolveInside(folder, option.value, tree.folders));
    if (!isAddress && inside.some((path) => path !== undefined && (tree.files.has(path) || tree.folders.has(path))))
      continue;
    yield aboutLine(option, `--find-links ${option.value}`, {
      level: 'no-latest',
      problem: isAddress
        ? `files from ${quote(option.value)} are not allowed, and whoever can put one there chooses what is installed`
        : `${quote(option.value)} is not in the Function's source`,
      fix: isAddress
        ? 'remove the option, or have the administrator add the address to dependencies.registries.python of the configuration'
        : 'name a folder of the source, or remove the option',
    });
  }
};
