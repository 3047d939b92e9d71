/** What is kept, and what is reported, of a lock that was compared with what registries say. */
import type { ConfigMapData } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { formatFinding } from '../outcome/finding.ts';
import type { RecordedRelease } from '../release-age/release.ts';
import type { ReleaseFinding } from '../release-rules/rule.ts';
import { recordOf } from '../revision/recorded-releases.ts';
import { LARGEST_CONTENT, type StoredLock } from '../revision/stored-lock.ts';
import type { Resolved } from './compared-lock.ts';
import type { EventReason, Report } from './events.ts';

export type Note = Pick<Report, 'reason' | 'note'>;

/** A lock, and what came of its comparison if it was compared just now. */
export type Comparison = Pick<Resolved, 'lock'> & Partial<Resolved>;

/** Reasons of the Events for findings that refuse nothing. */
const REASONS: Partial<Readonly<Record<ReleaseFinding['code'], EventReason>>> = {
  'release-age-unknown': 'ReleaseAgeUnknown',
  'licence-unknown': 'LicenceUnknown',
  'provenance-lost': 'ProvenanceLost',
  'release-changed': 'ReleaseChanged',
};

/** @param unrecorded the versions of which nothing could be kept */
export function notesOf(
  { warned = [], notCompared }: Comparison,
  unrecorded: readonly RecordedRelease[] | undefined,
): readonly Note[] {
  const lines = new Map<EventReason, string[]>();
  for (const finding of warned) {
    const reason = REASONS[finding.code] ?? 'ReleaseAgeUnknown';
    lines.set(reason, [...(lines.get(reason) ?? []), formatFinding(finding)]);
  }
  return [
    ...[...lines].map(([reason, each]) => ({ reason, note: each.join('\n') })),
    ...(notCompared === undefined ? [] : [{ reason: 'LockNotResolved' as const, note: uncomparedNote(notCompared) }]),
    ...(unrecorded === undefined ? [] : [{ reason: 'ReleasesNotRecorded' as const, note: unrecordedNote(unrecorded) }]),
  ];
}

const uncomparedNote = ({ problem, fix, details }: NonNullable<Resolved['notCompared']>): string =>
  [`its versions were not compared with what registries say: ${problem}; ${fix}`, ...details].join('\n');

const unrecordedNote = ({ length }: readonly RecordedRelease[]): string =>
  `what registries say about its ${length} packages does not fit into the ConfigMap of the lock; the next revision is compared with an older one that recorded it`;

/**
 * A lock with what is kept of its versions.
 *
 * @returns undefined if nothing is to be kept: it was not compared, or may not be installed
 */
export function recordBeside(
  content: ConfigMapData,
  lock: StoredLock,
  { releases }: Comparison,
  language: Language,
): { readonly content: ConfigMapData; readonly fits: boolean } | undefined {
  if (releases === undefined || (lock.kind !== 'lock' && lock.kind !== 'checked')) return undefined;
  const used = [...Object.values(content.data ?? {}), ...Object.values(content.binaryData ?? {})];
  const room = LARGEST_CONTENT - used.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const { content: record, fits } = recordOf(releases, language, room);
  return {
    content: {
      ...((content.data ?? record.data) && { data: { ...content.data, ...record.data } }),
      ...((content.binaryData ?? record.binaryData) && { binaryData: { ...content.binaryData, ...record.binaryData } }),
    },
    fits,
  };
}
