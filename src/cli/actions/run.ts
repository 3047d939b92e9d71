import type { RunFailure } from '../../run/failure.ts';
import { workloadOf } from '../../run/functions.ts';
import { classifyFolder } from '../../folders/classify.ts';
import { announce } from '../../run/announced.ts';
import { durationOf, Journal } from '../../run/journal.ts';
import { LocalFunction } from '../../run/local-function.ts';
import { FileWatch, type Watched } from '../../run/watch-files.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { listenForStop } from '../stop-signals.ts';
import { inputChanged, isQuiet, printFindings } from '../terminal.ts';
import { readFunction, type FunctionInput } from './function-input.ts';
import type { RunOptions } from '../options/run.ts';

interface Run {
  readonly options: RunOptions;
  readonly local: LocalFunction;
  readonly journal: Journal;
  readonly asked: AbortSignal;
}

/**
 * `buildless run`: runs until the Function ends or a signal comes.
 *
 * @returns the Function's own exit status where it has a command of its own
 */
export async function runFunction(options: RunOptions): Promise<number> {
  if (options.watch === true && options.filename.includes('-')) {
    printFindings('error', [
      { problem: 'the standard input cannot be watched', fix: 'name files, or leave out --watch' },
    ]);
    return EXIT.wrongInput;
  }
  const watch = options.watch === true ? await FileWatch.open(await watchedOf(options)) : undefined;
  const input = await readFunction(options);
  if (typeof input === 'number') {
    watch?.close();
    return input;
  }
  watch?.include(ownFiles(input));

  const { name, document } = input.chosen;
  const journal = new Journal(process.stdout, isQuiet() ? 'quiet' : options.verbose === true ? 'verbose' : 'usual');
  const stop = listenForStop(
    () => {
      journal.aside(`ending ${name}; another Ctrl-C does not wait for it`);
    },
    () => void local.kill(),
  );
  const local = await LocalFunction.open({
    name,
    runtimes: input.configuration.runtimes,
    ...(options.port !== undefined && { port: options.port }),
    environment: process.env,
    inspect: options.inspect === true || options.inspectPort !== undefined,
    ...(options.inspectPort !== undefined && { inspectPort: options.inspectPort }),
    journal,
    signal: stop.asked,
  });
  const run: Run = { options, local, journal, asked: stop.asked };
  let forget = (): Promise<void> => Promise.resolve();
  try {
    journal.strong(`Function ${name}: ${workloadOf(input.chosen)} of ${document.file}`);
    const failed = await runPod(input, run);
    if (local.port !== undefined) forget = await announce({ name, port: local.port, pid: process.pid }, process.env);
    const status =
      watch !== undefined && failed !== EXIT.wrongInput
        ? await follow(run, watch, { input, failed })
        : (failed ?? (await untilEnd(run, name)));
    return stop.status() ?? status;
  } finally {
    watch?.close();
    await forget();
    await local.close();
    stop.forget();
  }
}

/** A source is all that is below its folder; of a folder of manifests only its own files are read. */
async function watchedOf({ filename, config, recursive = false }: RunOptions): Promise<readonly Watched[]> {
  const names = await Promise.all(
    filename.map(async (name) => {
      const kind = recursive ? 'other' : await classifyFolder(name).catch(() => 'other');
      return { name, recursive: recursive || kind === 'source' || kind === 'kustomization' };
    }),
  );
  return config === undefined ? names : [...names, { name: config, recursive: false }];
}

/** Manifests are watched as what the command line names. */
const ownFiles = ({ authored }: FunctionInput): readonly string[] =>
  [...authored.values()].flatMap(({ file, placeOf }) => (placeOf === undefined ? [file] : []));

/** Runs the Pod and says where it answers; the exit status where it does not run. */
async function runPod(
  { chosen, pod, resources, authored }: FunctionInput,
  { local, journal, asked }: Run,
): Promise<ExitStatus | undefined> {
  const started = performance.now();
  const failure = await local.run(pod, resources, authored);
  if (asked.aborted) return EXIT.done;
  if (failure === undefined) {
    const state = local.url === undefined ? 'runs its own command' : `answers at ${local.url}`;
    journal.strong(`${chosen.name} ${state} (ready in ${durationOf(performance.now() - started)}); Ctrl-C ends it`);
    return undefined;
  }
  print(failure);
  return failure.kind === 'wrong-input' ? EXIT.wrongInput : EXIT.refused;
}

function print({ problem, fix }: RunFailure): void {
  printFindings('error', [{ problem, ...(fix !== undefined && { fix }) }]);
}

/** Waits for the Function's own end. */
async function untilEnd({ local, journal, asked }: Run, name: string): Promise<number> {
  const end = await Promise.race([local.ended, whenAborted(asked)]);
  if (end === undefined) return EXIT.done;
  if (end.startError !== undefined) {
    print({
      kind: 'failed',
      problem: `the command of ${name} cannot be started (${end.startError})`,
      fix: 'see that this machine has it; what the image holds is not here',
    });
    return EXIT.refused;
  }
  journal.strong(`${name} ended with status ${end.status}`);
  return local.url === undefined ? end.status : EXIT.refused;
}

/** Runs the Function again after each edit; where an edit is refused or cannot be installed, the one before stays up. */
async function follow(
  run: Run,
  watch: FileWatch,
  first: { readonly input: FunctionInput; readonly failed: ExitStatus | undefined },
): Promise<number> {
  const { options, local, journal, asked } = run;
  const { name } = first.input.chosen;
  let { failed }: { failed: ExitStatus | undefined } = first;
  let { state } = first.input;
  for (;;) {
    if (asked.aborted) return EXIT.done;
    if (failed !== undefined) {
      const up = local.isUp ? `the ${name} before this edit stays up` : `${name} is not up`;
      journal.strong(`${up}; waiting for an edit`);
    }
    const changed = watch.untilChanged(asked);
    const end = failed === undefined || local.isUp ? await Promise.race([changed, local.ended]) : undefined;
    if (end !== undefined && !isOver(asked))
      journal.strong(`${name} ended with status ${end.status}; waiting for an edit, which runs it again`);
    await changed;
    if (isOver(asked)) return EXIT.done;
    inputChanged();
    const input = await readFunction(options);
    if (typeof input !== 'number') watch.include(ownFiles(input));
    // Files that are not part of the Function were written, or the same was written again.
    if (typeof input !== 'number' && input.state === state && local.isUp && failed === undefined) continue;
    journal.strong(`an edit: running ${name} again`);
    state = typeof input === 'number' ? '' : input.state;
    failed = typeof input === 'number' ? input : await runPod(input, run);
  }
}

/** A call, as the compiler takes a property for what it was before an await. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;

async function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
