/**
 * No dependency needs to run a program of its own to be installed, unless the author allows it. Git and image sources are
 * looked at by buildless-prepare.
 *
 * Fields: metadata.annotations["buildless.dev/install-scripts"]
 */
import { needingScripts, WITHOUT_SCRIPTS } from '../../dependencies/needing-scripts.ts';
import type { Check } from './check.ts';

export const installScripts: Check = (_pod, { definition, source, installation }) => {
  if (definition.installScripts || source.type !== 'files' || installation.kind === 'none') return [];
  return needingScripts(source.files, definition.runtime.language).map((needed) => ({
    code: 'scripts-denied',
    fix: WITHOUT_SCRIPTS,
    ...needed,
  }));
};
