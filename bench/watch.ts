/**
 * The dev loop: from saving a file to the first answer of the new code, under a client that polls over a kept connection, and the
 * CPU time that an edit costs on the whole (the command and the versions that it starts). `wrangler dev` is measured beside it, edit
 * by edit, if npm can install it.
 *
 *   npm run bench -- watch [--quick] [-o json]
 */
import { loadavg } from 'node:os';
import { benchOptions } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { median } from './measure/statistics.ts';
import { buildlessRun, wranglerDev, type Contender } from './watch/contenders.ts';

const { quick, json } = benchOptions();
const EDITS = quick ? 5 : 20;
/** Between two edits, each of another contender: the version before has ended when its turn comes again. */
const PAUSE_MILLISECONDS = 1500;
const POLL_MILLISECONDS = 2;

const load = loadavg()[0] ?? 0;
const nodejs = await buildlessRun({
  title: 'buildless run, Node.js',
  runtime: 'nodejs22',
  file: 'handler.js',
  code: (n) => `exports.main = () => 'v${n}';\n`,
});
const python = await buildlessRun({
  title: 'buildless run, Python',
  runtime: 'python312',
  file: 'handler.py',
  code: (n) => `def main(event, context):\n    return 'v${n}'\n`,
});
const wrangler = await wranglerDev();
const contenders = [nodejs, python, ...('missing' in wrangler ? [] : [wrangler])];

const milliseconds = new Map<Contender, number[]>(contenders.map((each) => [each, []]));
const cpu = new Map<Contender, number[]>(contenders.map((each) => [each, []]));
try {
  // The first shows only when the CPU time of an edit begins.
  for (let edit = 0; edit <= EDITS; edit += 1) {
    for (const contender of contenders) {
      cpu.get(contender)?.push(contender.cpuMilliseconds() ?? Number.NaN);
      const took = await editTo(contender, edit + 1);
      if (edit > 0) milliseconds.get(contender)?.push(took);
      await pause(PAUSE_MILLISECONDS);
    }
    progress(`edit ${edit} of ${EDITS}`);
  }
} finally {
  for (const contender of contenders) await contender.end();
}

const medianOf = (contender: Contender): number => median(milliseconds.get(contender) ?? []);
const ms = (value: number): string => (Number.isNaN(value) ? '' : `${value.toFixed(0)} ms`);
print(
  {
    tables: [
      {
        title: 'From saving a file to the new answer',
        columns: ['', 'median', 'fastest', 'slowest', 'CPU time of an edit', 'target', 'as long as wrangler dev'],
        rows: contenders.map((contender) => {
          const times = milliseconds.get(contender) ?? [];
          const spent = cpu.get(contender) ?? [];
          return [
            contender.title,
            ...[medianOf(contender), Math.min(...times), Math.max(...times)].map(ms),
            ms(median(spent.slice(1).map((value, index) => value - (spent[index] ?? Number.NaN)))),
            contender === wrangler ? '' : '300 ms',
            'missing' in wrangler ? '' : `${(medianOf(contender) / medianOf(wrangler)).toFixed(2)} x`,
          ];
        }),
      },
    ],
    notes: [
      `${EDITS} edits of one file under each, in turn, ${PAUSE_MILLISECONDS / 1000} s apart, asked every ${POLL_MILLISECONDS} ms over one connection; the load of the machine was ${load.toFixed(1)} at the start. CPU time counts the command and all that it started until its next edit, the end of the version before included.`,
      ...('missing' in wrangler ? [`wrangler dev was not measured: ${wrangler.missing}.`] : []),
    ],
    figures: Object.fromEntries(contenders.map((each) => [each.title, milliseconds.get(each)])),
  },
  json,
);

async function editTo(contender: Contender, version: number): Promise<number> {
  const started = performance.now();
  contender.save(version);
  while ((await contender.ask()) !== `v${version}`) await pause(POLL_MILLISECONDS);
  return performance.now() - started;
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
