/** The report of a namespace as an object of either API, bounded in size. */
import { OUTCOMES, plainResult, type Outcome, type Result } from './result.ts';
import { REPORT_LABELS, REPORT_NAME, type ReportKind } from './kinds.ts';

export type Summary = Readonly<Record<Outcome, number>>;

/** Without what differs each time that it is made: times and owner. */
export interface Report {
  readonly namespace: string;
  readonly summary: Summary;
  readonly results: readonly Result[];
}

export interface ReportOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Far below the 1.5 MiB that etcd takes, with times and managed fields. */
const MOST_BYTES = 512 * 1024;
const MOST_RESULTS = 2000;

/**
 * The same results give the same report, in whatever order they come. The worst come first, and if there is no room for all
 * of them, the others are only counted.
 *
 * @param results without duplicates
 */
export function reportOf(
  namespace: string,
  results: readonly Result[],
  { mostBytes = MOST_BYTES, mostResults = MOST_RESULTS } = {},
): Report {
  const keyed = results.map((result) => ({ result, key: sortKey(result) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const sorted = keyed.map(({ result }) => result);
  const listed: Result[] = [];
  let bytes = 0;
  for (const result of sorted) {
    bytes += Buffer.byteLength(JSON.stringify(result));
    if (listed.length >= mostResults || bytes > mostBytes) break;
    listed.push(result);
  }
  const left = sorted.length - listed.length;
  const all = left === 0 ? sorted : [...sorted, leftOut(namespace, left)];
  return {
    namespace,
    summary: summaryOf(all),
    results: left === 0 ? sorted : [...listed, leftOut(namespace, left)],
  };
}

const sortKey = ({ result, resources, rule, message, properties }: Result): string => {
  const [{ kind, name } = { kind: '', name: '' }] = resources;
  return JSON.stringify([OUTCOMES.indexOf(result), kind, name, rule, message, properties]);
};

const leftOut = (namespace: string, count: number): Result =>
  plainResult(
    'skip',
    'results-left-out',
    `${count} further results are counted in the summary and not listed, as the report would be too large; fix or move Functions of the namespace`,
    { subject: { apiVersion: 'v1', kind: 'Namespace', name: namespace } },
  );

function summaryOf(results: readonly Result[]): Summary {
  const count = (outcome: Outcome): number => results.filter(({ result }) => result === outcome).length;
  return { pass: count('pass'), fail: count('fail'), warn: count('warn'), error: count('error'), skip: count('skip') };
}

/** As both APIs have it, `nanos` included. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * @param timeOf when a result was found first
 * @param owner goes with it; absent if there is none
 */
export function reportObject(
  { namespace, summary, results }: Report,
  { apiVersion, kind, hasSource }: ReportKind,
  timeOf: (result: Result) => Timestamp,
  owner?: ReportOwner,
): object {
  return {
    apiVersion,
    kind,
    metadata: {
      name: REPORT_NAME,
      namespace,
      labels: REPORT_LABELS,
      ...(owner !== undefined && { ownerReferences: [owner] }),
    },
    ...(hasSource && { source: 'buildless' }),
    scope: { apiVersion: 'v1', kind: 'Namespace', name: namespace },
    summary,
    results: results.map((result) => ({ ...result, timestamp: timeOf(result) })),
  };
}
