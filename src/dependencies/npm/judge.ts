import type { SourceFiles } from '../../function/files.ts';
import type { DependencyFinding } from '../policy.ts';
import type { DependencySettings } from '../settings.ts';

/** Judges package.json and its lock as npm would read them; see `judgeDependencies`. */
export function judgeNpm(_files: SourceFiles, _settings: DependencySettings): readonly DependencyFinding[] {
  return [];
}
