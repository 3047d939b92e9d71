import type { Check } from './check.ts';
import { chosenInstaller } from './chosen-installer.ts';
import { handlerFile } from './handler-file.ts';
import { installScripts } from './install-scripts.ts';
import { operatingSystem } from './operating-system.ts';
import { reservedNames } from './reserved-names.ts';
import { reservedPaths } from './reserved-paths.ts';
import { security } from './security.ts';
import { sourceFound } from './source.ts';

/** Everything that is looked at before a Pod is changed. */
export const CHECKS: readonly Check[] = [
  operatingSystem,
  reservedNames,
  reservedPaths,
  sourceFound,
  handlerFile,
  chosenInstaller,
  installScripts,
  security,
];
