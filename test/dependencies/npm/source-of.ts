import { judgeNpm } from '../../../src/dependencies/npm/judge.ts';
import type { DependencyFinding } from '../../../src/dependencies/policy.ts';
import type { SourceFiles } from '../../../src/function/files.ts';
import { formatFinding } from '../../../src/outcome/finding.ts';

/** Files of a source: text and bytes as they are, anything else as JSON. */
export type Contents = Readonly<Record<string, unknown>>;

export function sourceOf(contents: Contents): SourceFiles {
  return new Map(
    Object.entries(contents).map(([file, content]) => [
      file,
      content instanceof Uint8Array
        ? content
        : new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content, null, 2)),
    ]),
  );
}

export const judge = (contents: Contents, registries: readonly string[] = []): readonly DependencyFinding[] =>
  judgeNpm(sourceOf(contents), { registries });

/** Findings as a user reads them, each with its level before it. */
export const told = (contents: Contents, registries: readonly string[] = []): readonly string[] =>
  judge(contents, registries).map((finding) => `${finding.level}: ${formatFinding(finding)}`);

/** What the absence of a lock adds to every source without one. */
export const NO_LOCK =
  'locked: package.json: package-lock.json is missing, so the versions that the packages themselves ask for are chosen when each Pod starts; write one with "buildless lock", or with npm install --package-lock-only, and add it to the source [dependencies-float]';

export const withoutLockFinding = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line !== NO_LOCK);

/** A checksum of the right form. */
export const INTEGRITY = `sha512-${'A'.repeat(86)}==`;
