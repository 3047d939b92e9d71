import type { SourceFiles } from '../../../src/function/files.ts';
import type { DependencyFinding } from '../../../src/dependencies/policy.ts';
import { judgePython } from '../../../src/dependencies/python/judge.ts';
import type { DependencySettings } from '../../../src/dependencies/settings.ts';
import { formatFinding } from '../../../src/outcome/finding.ts';

export const SETTINGS: DependencySettings = {
  registries: ['https://allowed.example/simple'],
};

/** Files of a source by name. */
export const sourceOf = (files: Readonly<Record<string, string | Uint8Array>>): SourceFiles =>
  new Map(
    Object.entries(files).map(([name, content]) => [
      name,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  );

export const judge = (
  files: Readonly<Record<string, string | Uint8Array>>,
  settings = SETTINGS,
): readonly DependencyFinding[] => judgePython(sourceOf(files), settings);

/** Findings as a person reads them, each after its level. */
export const messages = (
  files: Readonly<Record<string, string | Uint8Array>>,
  settings = SETTINGS,
): readonly string[] => judge(files, settings).map((finding) => `${finding.level} ${formatFinding(finding)}`);

/** `LEVEL FILE:LINE` of each finding. */
export const verdicts = (
  files: Readonly<Record<string, string | Uint8Array>>,
  settings = SETTINGS,
): readonly string[] =>
  judge(files, settings).map(({ level, file, line }) => `${level} ${file}${line === undefined ? '' : `:${line}`}`);
