import type { Report, Table } from '../measure/report.ts';
import { mean, median } from '../measure/statistics.ts';
import type { Measured } from './cases.ts';
import type { Bar } from './chart.ts';
import { endOf, type Start } from './phases.ts';

export function report(measured: readonly Measured[], rounds: number): Report {
  const single = measured.filter(isSingle);
  const tables: Table[] = [
    {
      title: 'From asking for a Pod to Ready, one at a time',
      columns: [
        'Function',
        'preset',
        'Pod',
        'until',
        'admission',
        'scheduling',
        'sandbox',
        'init containers',
        'server start',
        'readiness',
        'total',
        'ratio to Kyma',
      ],
      rows: single.map((each) => [
        each.subject.name,
        each.limits,
        each.contender,
        endOf(each.subject.template),
        ...phasesOf(each).map(({ seconds: value }) => seconds(value * 1000)),
        seconds(total(each)),
        ratio(each, single),
      ]),
    },
    severalAtOnce(measured.filter(({ count }) => count > 1)),
    {
      title: 'A restart of the container, until Ready again',
      columns: ['Function', 'preset', 'Pod', 'time'],
      rows: single
        .filter(({ restarts }) => restarts.length > 0)
        .map((each) => [each.subject.name, each.limits, each.contender, seconds(median(each.restarts))]),
    },
  ];
  const notes = [
    `Means of ${rounds} ${rounds === 1 ? 'round' : 'interleaved rounds'}, as the kubelet looks at its containers once a second and each round begins at another moment of that second. Cold, but for the rows with a warm cache: each Pod downloads its packages again. A moment is when a watch of the API shows it.`,
    'Requests are 10m CPU for every Pod, so that 20 fit on the node; the limits are those of the preset.',
    'A Pod of a Job is never Ready. It is measured until it is completed: its server start is the start of its command, its readiness the end of the run.',
    "Kyma's Pod is beside the Functions that Kyma can have: those of one file that a server calls.",
  ];
  return {
    tables: tables.filter(({ rows }) => rows.length > 0),
    notes,
    figures: measured.map(({ subject, ...rest }) => ({ ...rest, subject: subject.name })),
  };
}

function severalAtOnce(many: readonly Measured[]): Table {
  return {
    title: 'Several at once, until the last is Ready',
    columns: ['Pods', 'Pod', 'mean of a Pod', 'the last', 'ratio to Kyma'],
    rows: many.map((each) => [
      String(each.count),
      each.contender,
      seconds(total(each)),
      seconds(last(each)),
      ratio(each, many),
    ]),
  };
}

/** What bench/start/chart.ts draws. */
export const barsOf = (measured: readonly Measured[]): readonly Bar[] =>
  measured
    .filter((each) => isSingle(each) && each.starts.length > 0)
    .map((each) => ({ label: `${each.subject.name} ${each.limits}, ${each.contender}`, parts: phasesOf(each) }));

const isSingle = ({ count }: Measured): boolean => count === 1;

/** What happened between the moments, means over the starts, in seconds. */
function phasesOf({ starts }: Measured): Bar['parts'] {
  type Moment = (start: Start) => number | undefined;
  const begun: Moment = () => 0;
  const admitted: Moment = (start) => start.admitted;
  // The watch may tell that a Pod is scheduled before its creation is answered.
  const scheduled: Moment = (start) => Math.max(start.admitted, start.scheduled ?? 0);
  const prepareStarted: Moment = (start) => start.prepareStarted;
  const initialized: Moment = (start) => start.initialized ?? start.prepareStarted;
  const started: Moment = (start) => start.started;
  const between = (phase: string, from: Moment, to: Moment): Bar['parts'][number] => {
    const times = starts.map((start) => (to(start) ?? 0) - (from(start) ?? to(start) ?? 0));
    return { phase, seconds: starts.length === 0 ? NaN : Math.max(0, mean(times)) / 1000 };
  };
  return [
    between('admission', begun, admitted),
    between('scheduling', admitted, scheduled),
    between('sandbox', scheduled, (start) => start.prepareStarted ?? start.started),
    between('init containers', prepareStarted, initialized),
    between('server start', (start) => start.initialized ?? start.started, started),
    between('readiness', started, ({ ended }) => ended),
  ];
}

/** In milliseconds; of several at once that of a Pod. */
export function total({ starts }: Measured): number {
  return mean(starts.map(({ ended }) => ended ?? NaN));
}

function last({ starts, count }: Measured): number {
  const rounds = Array.from({ length: starts.length / count }, (_, round) =>
    starts.slice(round * count, (round + 1) * count),
  );
  return mean(rounds.map((round) => Math.max(...round.map(({ ended }) => ended ?? NaN))));
}

/** How many times as fast as Kyma's Pod of the same case. */
function ratio(each: Measured, all: readonly Measured[]): string {
  const other = all.find(
    ({ subject, limits, count, contender }) =>
      subject === each.subject && limits === each.limits && count === each.count && contender === "Kyma's Pod",
  );
  return other === undefined || each === other ? '' : `${(total(other) / total(each)).toFixed(1)}x`;
}

export function seconds(milliseconds: number): string {
  return Number.isNaN(milliseconds) ? 'not in time' : `${(milliseconds / 1000).toFixed(2)} s`;
}
