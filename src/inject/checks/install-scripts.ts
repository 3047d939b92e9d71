/**
 * No dependency needs to run a program of its own to be installed, unless the author allows it. Git and image sources are
 * looked at by buildless-prepare.
 *
 * Fields: metadata.annotations["buildless.dev/install-scripts"]
 */
import { WITHOUT_SCRIPTS } from '../../dependencies/needing-scripts.ts';
import type { CheckOf } from './check.ts';

export const installScripts: CheckOf<'definition' | 'facts'> = (_pod, { definition, facts }) => {
  if (definition.installScripts || facts === undefined) return [];
  return facts.needingScripts.map((needed) => ({
    code: 'scripts-denied',
    fix: WITHOUT_SCRIPTS,
    ...needed,
  }));
};
