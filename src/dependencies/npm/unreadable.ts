import type { SourceFiles } from '../../function/files.ts';
import { TooComplex } from '../budget.ts';
import { withoutLocks } from '../lock-files.ts';
import type { DependencyFinding } from '../policy.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../settings.ts';
import { packageJsonShape } from './rules/package-json-shape.ts';
import { unreadable } from './rules/unreadable.ts';
import { readNpmSource } from './source.ts';

/** Each package.json of a source that npm could not read; a lock that it could not read is written again. */
export function unreadablePackageJsons(files: SourceFiles): readonly DependencyFinding[] {
  try {
    const source = readNpmSource(withoutLocks(files), DEFAULT_DEPENDENCY_SETTINGS);
    if (source === undefined) return [];
    return 'problem' in source ? [unreadable(source)] : packageJsonShape(source);
  } catch (error) {
    // The policy refuses such a source for that.
    if (error instanceof TooComplex) return [];
    throw error;
  }
}
