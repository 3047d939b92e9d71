import { hideCredentials } from '../../credentials.ts';
import type { DependencyFinding } from '../../policy.ts';
import type { DependencySettings } from '../../settings.ts';
import type { SourceTree } from '../format/paths.ts';
import type { KnownVersions } from '../known-versions.ts';
import type { Pins } from '../pins.ts';
import type { FilePlace, Reading, Requirement } from '../requirements.ts';

/** What the rules of a requirements file look at. */
export interface RequirementsContext {
  readonly tree: SourceTree;
  readonly settings: DependencySettings;
  readonly reading: Reading;
  readonly pins: Pins;
  /** Folders of the source whose dependencies are decided by code; see `readProjects`. */
  readonly dynamic: readonly Requirement[];
  readonly known: KnownVersions;
}

/** One reason to refuse something in the requirements files; looks at all of them, so that it may compare lines. */
export type Rule = (context: RequirementsContext) => Iterable<DependencyFinding>;

type Words = Pick<DependencyFinding, 'level' | 'missing' | 'problem' | 'fix'>;

/** A finding about a requirement. */
export const aboutRequirement = (
  requirement: Pick<Requirement, 'file' | 'line' | 'column' | 'text' | 'target'>,
  words: Words,
  code: DependencyFinding['code'] = 'dependencies-float',
): DependencyFinding => ({
  code,
  ...placeOf(requirement),
  ...(requirement.target.name !== undefined && { package: requirement.target.name }),
  spec: hideCredentials(requirement.text),
  ...words,
});

/** A finding about a line that is not a requirement. */
export const aboutLine = (
  place: FilePlace,
  spec: string,
  words: Words,
  code: DependencyFinding['code'] = 'dependencies-float',
): DependencyFinding => ({ code, ...placeOf(place), spec: hideCredentials(spec), ...words });

const placeOf = ({ file, line, column }: FilePlace): FilePlace => ({ file, line, column });

/** Quotes what a file says, without credentials, short enough for a message. */
export function quote(text: string): string {
  const shown = hideCredentials(text);
  return `"${shown.length > 120 ? `${shown.slice(0, 117)}...` : shown}"`;
}
