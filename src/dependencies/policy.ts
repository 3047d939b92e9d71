import type { RefusalCode } from '../outcome/codes.ts';
import type { Finding } from '../outcome/finding.ts';

/** Levels of the dependency policy, from the loosest to the strictest; each refuses what the one before refuses. */
export const LEVELS = ['off', 'no-latest', 'exact', 'locked'] as const;
export type Level = (typeof LEVELS)[number];

/** What happens with a finding: as in Pod Security Admission, each mode has a level of its own. */
export const MODES = ['enforce', 'warn', 'audit'] as const;
export type Mode = (typeof MODES)[number];
export type PolicyLevels = Readonly<Record<Mode, Level>>;

export const isLevel = (text: string): text is Level => LEVELS.some((level) => level === text);

/** The stricter of two levels. */
export const stricter = (a: Level, b: Level): Level => (LEVELS.indexOf(a) < LEVELS.indexOf(b) ? b : a);

/** A reason to refuse a dependency. */
export interface DependencyFinding extends Finding<
  Extract<RefusalCode, 'dependencies-float' | 'dependencies-invalid' | 'credential-in-source' | 'too-complex'>
> {
  readonly file: string;
  /** Name of the package as the file writes it; absent if the finding is about the whole file. */
  readonly package?: string;
  /** What the file asks for, as written. */
  readonly spec?: string;
  /** Set if all that it says is that the source has no lock, which the controller may resolve. */
  readonly missing?: 'lock';
  /** The loosest level that refuses it; a file that cannot be read is refused from `no-latest` on. */
  readonly level: Exclude<Level, 'off'>;
}

/** Whether a level refuses what a finding reports. */
export const refuses = (level: Level, finding: Pick<DependencyFinding, 'level'>): boolean =>
  level !== 'off' && LEVELS.indexOf(finding.level) <= LEVELS.indexOf(level);
