import type { SourceFiles } from '../../function/files.ts';
import { INSTALLED_GROUPS } from './groups.ts';

/** See `hasDependencies`. */
export function hasNpmDependencies(files: SourceFiles): boolean {
  const content = files.get('package.json');
  if (content === undefined) return false;
  try {
    const packageJson: unknown = JSON.parse(new TextDecoder().decode(content));
    if (typeof packageJson !== 'object' || packageJson === null) return true;
    const groups: Readonly<Record<string, unknown>> = { ...packageJson };
    // Refused by the policy; where that is off, npm installs them.
    if (Array.isArray(groups.workspaces) && groups.workspaces.length > 0) return true;
    return INSTALLED_GROUPS.some((name) => {
      const group = groups[name];
      return typeof group === 'object' && group !== null && Object.keys(group).length > 0;
    });
  } catch {
    return true;
  }
}
