/** Protocols of other package managers: npm ends with EUNSUPPORTEDPROTOCOL. */
import { versionAdvice } from './advice.ts';
import type { SpecRule } from './rule.ts';

const CURES: Readonly<Record<string, string>> = {
  'workspace:': 'a Function is one package: write a version of the registry, or file:FOLDER for a folder of the source',
  'link:': 'write file:FOLDER for a folder of the source',
  'portal:': 'write file:FOLDER for a folder of the source',
  'catalog:': 'write here the version that the catalog has',
  'patch:': 'write the version, and put the patched package into the source with file:FOLDER',
  'jsr:': 'write npm:@jsr/SCOPE__NAME@VERSION with the registry npm.jsr.io',
};

export const protocol: SpecRule = (asked, source) => {
  if (asked.spec.kind !== 'protocol') return undefined;
  const name = `${asked.spec.protocol}:`;
  return {
    code: 'dependencies-invalid',
    level: 'no-latest',
    problem: `which npm cannot install: it does not know ${name}`,
    fix: CURES[name] ?? versionAdvice(asked, source),
  };
};
