import { placeOfPath } from './contents.ts';
import type { Finding } from '../outcome/finding.ts';
import type { DeniedPackage } from './list.ts';

export interface DeniedFinding extends Finding<'dependency-denied'> {
  readonly package: string;
  readonly version: string;
  /** Who asks for it, from a file of the source on. */
  readonly path: string;
}

/** Why a source must not run. */
export function deniedFinding(denied: DeniedPackage): DeniedFinding {
  const { name, version, path } = denied;
  return {
    code: 'dependency-denied',
    ...placeOfPath(path),
    package: name,
    version,
    path,
    problem: `"${name}"${version === '' ? '' : ` ${version}`} is denied in this cluster${whyDenied(denied)}; it comes with ${path}`,
    fix: 'take another version, and lock it again ("buildless lock --refresh")',
  };
}

/** ` (ID: REASON)`, as far as the entry has them. */
function whyDenied({ id, reason }: Pick<DeniedPackage, 'id' | 'reason'>): string {
  const why = [id, reason].filter((part) => part !== undefined && part !== '').join(': ');
  return why === '' ? '' : ` (${why})`;
}

/** The same of what runs already. */
export const deniedNote = (denied: DeniedPackage): string =>
  `runs "${denied.name}"${denied.version === '' ? '' : ` ${denied.version}`}, which is denied${whyDenied(denied)}; it comes with ${denied.path}`;
