/**
 * Reports in the OSV format, as the exports of OpenSSF's malicious-packages and of osv.dev have them: JSON files with one report
 * each. Source: https://ossf.github.io/osv-schema/ ("affected[] fields", "Evaluation")
 */
import { isJsonObject, type JsonObject } from '../json/object.ts';
import { LONGEST_VERSION, type Ecosystem } from './languages.ts';
import { LONGEST_ID, LONGEST_NAME, LONGEST_REASON, type DeniedEntry, type Interval } from './entry.ts';
import { ecosystemOf } from './holds.ts';

/** What is wrong with a report. */
export interface OsvProblem {
  readonly problem: string;
  readonly fix: string;
}

const AS_SCHEMA = 'write it as https://ossf.github.io/osv-schema/ says, or remove it';
const bad = (problem: string): OsvProblem => ({ problem, fix: AS_SCHEMA });

/** @returns the entries of a report: none if it was withdrawn, or is about other ecosystems */
export function entriesOfReport(report: unknown): readonly DeniedEntry[] | OsvProblem {
  if (!isJsonObject(report)) return bad('the report is not an object');
  const { id, withdrawn, affected, summary, details } = report;
  if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID)
    return bad('"id" is missing or not a short string');
  if (typeof withdrawn === 'string') return [];
  if (!Array.isArray(affected)) return bad(`"affected" of ${id} is missing or not a list`);
  const reason = [summary, details].find((each) => typeof each === 'string' && each !== '');
  const said = typeof reason === 'string' ? firstLine(reason) : '';
  const entries: DeniedEntry[] = [];
  for (const item of affected) {
    const read = affectedOf(item);
    if (typeof read === 'string') return bad(`${read} (${id})`);
    if (read !== undefined) entries.push({ ...read, id, reason: said });
  }
  return entries;
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, LONGEST_REASON);

type Affected = Omit<DeniedEntry, 'id' | 'reason'>;

/** Undefined for another ecosystem; a sentence if it cannot be read. */
function affectedOf(item: unknown): Affected | string | undefined {
  if (!isJsonObject(item)) return 'an item of "affected" is not an object';
  const { package: package_, versions = [], ranges = [] } = item;
  // Reports about a repository alone have none.
  if (package_ === undefined) return undefined;
  if (!isJsonObject(package_)) return '"package" is not an object';
  const { ecosystem: osv, name } = package_;
  if (typeof osv !== 'string' || typeof name !== 'string') return '"package" has no ecosystem and name';
  const ecosystem = ecosystemOf(osv);
  if (ecosystem === undefined) return undefined;
  if (name === '' || name.length > LONGEST_NAME) return 'the name of a package is empty or too long';
  if (!Array.isArray(versions) || !versions.every(isVersionText))
    return `"versions" of ${name} is not a list of strings`;
  if (!Array.isArray(ranges) || !ranges.every(isJsonObject)) return `"ranges" of ${name} is not a list of objects`;
  const intervals: Interval[] = [];
  for (const range of ranges) {
    // Commits, which no registry's version can be compared with.
    if (range.type === 'GIT') continue;
    const read = intervalsOf(range, ecosystem);
    if (typeof read === 'string') return `${read} of ${name}`;
    intervals.push(...read);
  }
  if (versions.length === 0 && intervals.length === 0) return `${name} has neither versions nor ranges of versions`;
  return {
    ecosystem: ecosystem.osv,
    name: ecosystem.normalizeName(name),
    // A range from 0 on holds all of them.
    ...(versions.length > 0 && !intervals.some(isEverything) && { versions: [...new Set(versions)] }),
    ...(intervals.length > 0 && { intervals }),
  };
}

const isEverything = ({ from, to }: Interval): boolean => from === undefined && to === undefined;
const isVersionText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST_VERSION;

const EVENTS = ['introduced', 'fixed', 'last_affected', 'limit'] as const;

interface OsvEvent {
  readonly kind: (typeof EVENTS)[number];
  readonly version: string;
}

const MOST_EVENTS = 1000;

/** The events of a range, in the order of their versions, opened by `introduced` and closed by the others. */
function intervalsOf({ type, events }: JsonObject, ecosystem: Ecosystem): readonly Interval[] | string {
  if (type !== 'SEMVER' && type !== 'ECOSYSTEM') return 'a range is neither SEMVER, ECOSYSTEM nor GIT';
  if (!Array.isArray(events) || events.length === 0 || events.length > MOST_EVENTS)
    return 'a range has no list of events';
  const read: OsvEvent[] = [];
  for (const event of events) {
    const kind = isJsonObject(event) ? EVENTS.find((each) => Object.hasOwn(event, each)) : undefined;
    const version: unknown = kind === undefined || !isJsonObject(event) ? undefined : event[kind];
    if (kind === undefined || !isVersionText(version))
      return 'an event is not introduced, fixed, last_affected or limit';
    const isKnown = version === ZERO || (kind === 'limit' && version === '*') || isVersion(ecosystem, version);
    if (!isKnown) return `the event ${kind} "${version.slice(0, 40)}" is not a version`;
    if (version !== '*') read.push({ kind, version });
  }
  const sorted = read.toSorted((a, b) => order(ecosystem, a, b));
  const intervals: Interval[] = [];
  let open: OsvEvent | undefined;
  const from = (event: OsvEvent): Interval => (event.version === ZERO ? {} : { from: event.version });
  for (const event of sorted) {
    if (event.kind === 'introduced') open ??= event;
    else if (open !== undefined) {
      const inclusive = event.kind === 'last_affected';
      intervals.push({ ...from(open), to: event.version, ...(inclusive && { inclusive }) });
      open = undefined;
    }
  }
  if (open !== undefined) intervals.push(from(open));
  return intervals.length === 0 ? 'a range introduces nothing' : intervals;
}

/** Comes before every version. */
const ZERO = '0';

const isVersion = ({ compare }: Ecosystem, version: string): boolean => compare(version, version) === 0;

function order({ compare }: Ecosystem, a: OsvEvent, b: OsvEvent): number {
  const zeros = Number(b.version === ZERO) - Number(a.version === ZERO);
  const versions = zeros === 0 ? (compare(a.version, b.version) ?? 0) : zeros;
  // Of one version: what ends before it, what begins with it, what ends with it.
  return versions || EVENT_RANKS[a.kind] - EVENT_RANKS[b.kind];
}

const EVENT_RANKS = { fixed: 0, limit: 0, introduced: 1, last_affected: 2 } as const;
