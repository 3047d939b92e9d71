import { PATHS } from '../../src/function/keys.ts';
import { addLanguage } from '../../src/function/languages.ts';

/** A language that Buildless does not come with: each line of its only file, `handler.toy`, is a line of the answer. */
export const TOY = addLanguage('toy', {
  title: 'Toy',
  version: { pattern: /^\d+$/, fix: 'write a number', oldest: '1' },
  runtimes: { toy1: { version: '1', image: 'registry.example/toy:1.0.0', interpreter: 'toy' } },
  interpreterAliases: [],
  extensions: ['.toy'],
  apis: ['event'],
  installers: [],
  dependencyFiles: ['toys.txt'],
  packages: 'toys',
  registryFile: 'toyrc',
  server: `${PATHS.runtime}/server.py`,
  installer: `${PATHS.runtime}/install.py`,
  env: { TOY_MODE: 'serious' },
  serverEnv: {},
});
