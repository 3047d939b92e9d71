import { isAllowedIndex } from './indexes.ts';
import { aboutLine, quote, type Rule } from './rule.ts';

/**
 * Indexes that a file names: `-i`, `--index-url`, `--extra-index-url`. pip takes the greatest version of all its indexes, so
 * whoever can publish in one of them chooses what is installed (dependency confusion).
 *
 * no-latest refuses: an index that is neither the public one nor in `dependencies.registries.python` of the configuration
 */
export const indexOptions: Rule = function* ({ reading, settings }) {
  for (const option of reading.options) {
    if (option.name !== 'index-url' && option.name !== 'extra-index-url') continue;
    if (isAllowedIndex(option.value, settings)) continue;
    yield aboutLine(option, `--${option.name} ${option.value}`, {
      level: 'no-latest',
      problem: `the index ${quote(option.value)} is not allowed, and whoever can publish there chooses what is installed`,
      fix: 'remove the option, or have the administrator add the index to dependencies.registries.python of the configuration',
    });
  }
};
