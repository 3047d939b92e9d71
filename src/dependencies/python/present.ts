import type { SourceFiles } from '../../function/files.ts';

/** See `hasDependencies`. */
export function hasPythonDependencies(files: SourceFiles): boolean {
  if (files.has('pylock.toml')) return true;
  const requirements = files.get('requirements.txt');
  return requirements !== undefined && /^[^\S\n]*[^#\s]/m.test(new TextDecoder().decode(requirements));
}
