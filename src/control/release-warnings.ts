import { formatFinding } from '../outcome/finding.ts';
import type { ReleaseFinding } from '../release-rules/rule.ts';
import type { EventReason, Report } from './events.ts';

/** Reasons of the Events for findings that refuse nothing. */
const REASONS: Partial<Readonly<Record<ReleaseFinding['code'], EventReason>>> = {
  'release-age-unknown': 'ReleaseAgeUnknown',
};

/**
 * The Events about a lock that passed with findings, one a reason.
 *
 * @param name of the lock
 */
export function warningsOf(warned: readonly ReleaseFinding[] = [], name: string): readonly Report[] {
  const notes = new Map<EventReason, string[]>();
  for (const finding of warned) {
    const reason = REASONS[finding.code] ?? 'ReleaseAgeUnknown';
    notes.set(reason, [...(notes.get(reason) ?? []), formatFinding(finding)]);
  }
  return [...notes].map(([reason, lines]) => ({ reason, note: lines.join('\n'), state: name }));
}
