import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import type { Runtime } from '../function/runtimes.ts';
import type { Resources } from '../manifests/resources.ts';
import { AuthoredPaths, type AuthoredFile } from './authored-paths.ts';
import { startProgram, type ContainerProgram, type ProgramEnd, type RunningProgram } from './container-process.ts';
import type { DebuggedVersion, DebugRelay } from './debug/debug-relay.ts';
import type { Difference } from './differences.ts';
import { EventSink } from './event-sink.ts';
import { isFailure, type RunFailure } from './failure.ts';
import { Front } from './front.ts';
import { durationOf, type Journal } from './journal.ts';
import { borrowPackages, keepsPackages } from './kept-packages.ts';
import { isInstaller, isPrepare, layOut, terminationMessage, type LocalPod } from './local-pod.ts';
import { RUNNING } from './languages.ts';
import { Machine } from './machine.ts';
import { freePort, portFor, portTaken } from './ports.ts';
import { prepareHere } from './prepare-here.ts';
import { isReady } from './readiness.ts';
import { SharedPrograms } from './shared-programs.ts';

export interface LocalFunctionOptions {
  readonly name: string;
  readonly runtimes: Readonly<Record<string, Runtime>>;
  /** 0 for any; the Function's own where absent. */
  readonly port?: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether a debugger is to find it. */
  readonly inspect?: boolean;
  /** Where a debugger is to find it, 0 for any free one; the language's own where absent. */
  readonly inspectPort?: number;
  readonly journal: Journal;
  /** Gives the run up while it is being started. */
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: string, milliseconds: number, ok: boolean) => void;
}

/** Kubernetes' default for terminationGracePeriodSeconds. */
const GRACE_SECONDS = 30;
const PATIENCE_MILLISECONDS = 5000;
/** For a version that is replaced to answer the requests that it has, before it is asked to end. */
const HANDING_MILLISECONDS = 1000;
/** A line is on its way for less than a tenth of a second. */
const MOST_LINE_TRIES = 50;
const shortly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
const PORT_TAKEN = /EADDRINUSE|Address already in use/;
const STOPPED: RunFailure = { kind: 'failed', problem: 'stopped' };

/** A Pod that is laid out, with its packages. */
interface Version {
  readonly folder: string;
  readonly local: LocalPod;
  readonly resources: Resources;
  /** Where its program waits for a debugger; 0 if there is none. */
  readonly debugPort: number;
  /** For a person who reads of its files. */
  readonly paths: AuthoredPaths;
  /** The version that installed the packages which this one uses: itself, or an earlier one. */
  readonly installed: { readonly folder: string; readonly appFolder: string };
}

const debuggedAt = ({ debugPort, paths }: Version): DebuggedVersion => ({ port: debugPort, paths });

/** A version whose program has been started. */
interface StartedVersion extends Version {
  readonly program: RunningProgram;
  /** Where its server is; undefined if it has a command of its own. */
  readonly port: number | undefined;
  /** What it has written until now. */
  readonly written: { portTaken: boolean; listens: boolean };
}

/** A Function on this machine: one Pod after the other, as its author edits it. */
export class LocalFunction {
  readonly #options: LocalFunctionOptions;
  readonly #root: string;
  readonly #events: EventSink;
  readonly #machine: Machine;
  readonly #shared: SharedPrograms;
  #front: Front | undefined;
  #relay: DebugRelay | undefined;
  #count = 0;
  #told: readonly Difference[] = [];
  /** The last one that is prepared and installed, whether or not it starts. */
  #prepared: Version | undefined;
  #serving: StartedVersion | undefined;
  #ended: Promise<ProgramEnd> | undefined;
  /** Whose programs run. */
  readonly #alive = new Set<Version>();
  /** Folders of versions that have had their time, or will have. */
  readonly #folders = new Set<string>();
  /** Whatever runs, init programs included. */
  readonly #programs = new Set<RunningProgram>();

  private constructor(options: LocalFunctionOptions, root: string) {
    this.#options = options;
    this.#root = root;
    this.#shared = new SharedPrograms(path.join(root, 'programs'));
    this.#machine = new Machine(options.environment.PATH ?? '');
    this.#events = new EventSink(options.journal.linesOf('CloudEvent', 'cyan'));
  }

  /** Makes the temporary root; `close` removes it. */
  static async open(options: LocalFunctionOptions): Promise<LocalFunction> {
    // The real path, as the Python programs and Node.js see through links (macOS has one at /tmp).
    const root = await realpath(await mkdtemp(path.join(tmpdir(), 'buildless-run-')));
    return new LocalFunction(options, root);
  }

  /** Where the server answers; undefined if the Function has a command of its own, or is not up. */
  get url(): string | undefined {
    return this.#front === undefined ? undefined : `http://localhost:${this.#front.port}/`;
  }

  /** The same, as a port. */
  get port(): number | undefined {
    return this.#front?.port;
  }

  /** How the program that was started last ends, by itself or by `close`; undefined if none was. */
  get ended(): Promise<ProgramEnd> | undefined {
    return this.#ended;
  }

  get isUp(): boolean {
    return this.#serving !== undefined;
  }

  /**
   * Runs a Pod in the place of the one before: that one serves until the new one is prepared, installed and ready.
   *
   * @param pod injected
   * @param authored the author's own files, by their path in the source
   * @returns why it does not run
   */
  async run(
    pod: V1Pod,
    resources: Resources,
    authored: ReadonlyMap<string, AuthoredFile> = new Map(),
  ): Promise<RunFailure | undefined> {
    const folder = path.join(this.#root, 'pods', String((this.#count += 1)));
    const failure = (await this.#openFront(pod)) ?? (await this.#replace(pod, { resources, folder, authored }));
    if (failure !== undefined && !this.isUp) this.#front?.down(`${this.#options.name} is not up: ${failure.problem}`);
    this.#folders.add(folder);
    await this.#removeUnused();
    return failure;
  }

  async #openFront(pod: V1Pod): Promise<RunFailure | undefined> {
    const port = portFor(pod, this.#front?.port ?? this.#options.port);
    if (isFailure(port)) return port;
    if (port === undefined || this.#front !== undefined) return undefined;
    this.#front = await Front.open(port);
    return this.#front === undefined ? portTaken(port) : undefined;
  }

  async #replace(
    pod: V1Pod,
    {
      resources,
      folder,
      authored,
    }: Pick<Version, 'resources' | 'folder'> & { readonly authored: ReadonlyMap<string, AuthoredFile> },
  ): Promise<RunFailure | undefined> {
    const { journal, signal, runtimes, environment, inspect = false } = this.#options;
    const port = this.#front === undefined ? undefined : await freePort();
    const debugPort = inspect ? await freePort() : 0;
    const local = await layOut({
      ...{ pod, resources, runtimes, environment, inspect, debugPort, port, folder },
      ...{ events: this.#events, machine: this.#machine, claims: path.join(this.#root, 'claims') },
    });
    if (isFailure(local)) return local;
    this.#tellDifferences(local.differences);
    const before = this.#installedFor({ pod, resources, local });
    for (const container of local.init.filter((each) => before === undefined || !isInstaller(each))) {
      const failure = await this.#runInit(container, local);
      if (failure !== undefined) return failure;
    }
    if (before !== undefined) {
      await borrowPackages(before.installed.appFolder, local.appFolder, local.runtime.language);
      journal.aside('packages kept: no dependency has changed');
    }
    if (signal.aborted) return STOPPED;
    const installed = before?.installed ?? { folder, appFolder: local.appFolder };
    const paths = new AuthoredPaths(path.join(local.appFolder, 'function'), authored);
    this.#prepared = { folder, local, resources, installed, paths, debugPort };
    if (inspect) await this.#openRelay(this.#prepared);
    return await this.#takeOver(this.#prepared, port);
  }

  /** An earlier version with the packages that a new one would install. */
  #installedFor({
    pod,
    resources,
    local,
  }: {
    readonly pod: V1Pod;
    readonly resources: Resources;
    readonly local: LocalPod;
  }): Version | undefined {
    const { language } = local.runtime;
    return [this.#prepared, this.#serving].find(
      (before) =>
        before !== undefined &&
        keepsPackages({ pod: before.local.pod, resources: before.resources, language }, { pod, resources, language }),
    );
  }

  /** Starts a version, and ends the one before when it is ready. */
  async #takeOver(version: Version, port: number | undefined): Promise<RunFailure | undefined> {
    // Of a command of its own nobody can say when it is ready.
    if (port === undefined) await this.#end(this.#serving);
    let started = this.#start(version, port);
    let failure = await this.#untilReady(started);
    if (started.written.portTaken && this.#serving !== undefined) {
      // Code that takes a port of its own cannot start beside the version before it.
      this.#front?.hold();
      await Promise.all([started.program.stop(0), this.#end(this.#serving)]);
      started = this.#start(version, port);
      failure = await this.#untilReady(started);
    }
    if (failure !== undefined) {
      await started.program.stop(0);
      return failure;
    }
    await this.#hand(started);
    return undefined;
  }

  /** Lets a version that is ready take the requests; the one before answers those that it has, and ends. */
  async #hand(started: StartedVersion): Promise<void> {
    // Before the first request, so that it stops at the breakpoints.
    await this.#relay?.switchTo(debuggedAt(started));
    const before = this.#serving;
    this.#serving = started;
    this.#ended = started.program.ended;
    void started.program.ended.then(({ status }) => {
      if (this.#serving !== started) return;
      this.#serving = undefined;
      this.#front?.down(`${this.#options.name} ended with status ${status}`);
    });
    const handed = started.port === undefined ? undefined : this.#front?.switchTo(started.port);
    if (before === undefined) return;
    const grace = new Promise((resolve) => setTimeout(resolve, HANDING_MILLISECONDS).unref());
    void Promise.race([handed, grace]).then(() => this.#end(before));
  }

  /** One port for all versions; the first may be debugged from its start. */
  async #openRelay(first: Version): Promise<void> {
    if (this.#relay !== undefined) return;
    const { journal, inspectPort } = this.#options;
    const { debugPort, openDebugRelay } = RUNNING.of(first.local.runtime.language);
    const wanted = inspectPort ?? debugPort;
    this.#relay = await openDebugRelay(wanted);
    if (this.#relay === undefined)
      journal.aside(
        `port ${wanted} is taken: attach the debugger to ${first.debugPort}; it finds copies of your files there`,
      );
    else journal.strong(`debugger: attach to port ${this.#relay.port}`);
    await this.#relay?.switchTo(debuggedAt(first));
  }

  #tellDifferences(differences: readonly Difference[]): void {
    if (JSON.stringify(differences) === JSON.stringify(this.#told)) return;
    this.#told = differences;
    this.#options.journal.differences(differences);
  }

  async #runInit(container: ContainerProgram, local: LocalPod): Promise<RunFailure | undefined> {
    const { journal, signal } = this.#options;
    const onLine = journal.linesOf(container.name, 'dim');
    return this.#phase(container.name, async () => {
      if (isPrepare(container) && local.status.source.type === 'configmap')
        return (
          (await prepareHere(container, { log: onLine, stop: signal, shared: this.#shared })) ??
          (signal.aborted ? STOPPED : undefined)
        );
      const program = this.#launch(container, onLine);
      const stop = (): void => void program.stop(GRACE_SECONDS);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const end = await program.ended;
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return STOPPED;
      return end.status === 0 ? undefined : await explain(container, container.name, end);
    });
  }

  #start(version: Version, port: number | undefined): StartedVersion {
    const { name, journal } = this.#options;
    const written = { portTaken: false, listens: false };
    const print = journal.linesOf(name, 'cyan');
    const program = this.#launch(version.local.function, (line) => {
      written.portTaken ||= PORT_TAKEN.test(line);
      written.listens ||= line.includes(` listens on port ${String(port)}`);
      print(version.paths.rewrite(line));
    });
    const started = { ...version, program, port, written };
    this.#alive.add(started);
    void program.ended.then(() => this.#alive.delete(started));
    return started;
  }

  /** Waits until a server answers or ends; @returns why it does not answer */
  async #untilReady({ local, program, port, written, paths }: StartedVersion): Promise<RunFailure | undefined> {
    const { probe } = local;
    if (probe === undefined || port === undefined) return undefined;
    return this.#phase('start', async () => {
      const { name, signal } = this.#options;
      const over = new AbortController();
      const first = await Promise.race([program.ended, isReady(probe, port, AbortSignal.any([signal, over.signal]))]);
      over.abort();
      if (first === true) {
        // The handler's output while it was loaded comes before this line of the server's.
        for (let tries = 0; !written.listens && tries < MOST_LINE_TRIES; tries += 1) await shortly();
        return undefined;
      }
      if (signal.aborted) return STOPPED;
      if (first !== false) return await explain(local.function, name, first, paths);
      return {
        kind: 'failed',
        problem: `${name} did not answer at ${probe.path} within ${probe.limitSeconds} s`,
        fix: 'see its log above; what runs while its module is loaded may wait for something',
      };
    });
  }

  async #phase(name: string, work: () => Promise<RunFailure | undefined>): Promise<RunFailure | undefined> {
    const started = performance.now();
    const elapsed = (): number => performance.now() - started;
    // npm says nothing while it installs, and a minute of silence looks like a fault.
    const timer = setInterval(() => {
      this.#options.journal.aside(`${name}: still at it after ${durationOf(elapsed())}`);
    }, PATIENCE_MILLISECONDS);
    const failure = await work().finally(() => {
      clearInterval(timer);
    });
    const milliseconds = elapsed();
    if (failure === undefined) this.#options.journal.done(`${name}: done`, milliseconds);
    else if (failure !== STOPPED) this.#options.journal.failed(`${name}: failed`, milliseconds);
    this.#options.onPhase?.(name, milliseconds, failure === undefined);
    return failure;
  }

  #launch({ program }: ContainerProgram, onLine: (line: string) => void): RunningProgram {
    const running = startProgram(program, onLine);
    this.#programs.add(running);
    void running.ended.then(() => this.#programs.delete(running));
    return running;
  }

  /** Ends a version as a Pod is ended. */
  async #end(version: StartedVersion | undefined): Promise<void> {
    if (version === undefined) return;
    if (this.#serving === version) this.#serving = undefined;
    await version.program.stop(version.local.pod.spec?.terminationGracePeriodSeconds ?? GRACE_SECONDS);
    await this.#removeUnused();
  }

  /** Removes the folders of versions that neither run nor have the packages of one that does, or may be next. */
  async #removeUnused(): Promise<void> {
    const used = [...this.#alive, this.#prepared, this.#serving].flatMap((version) =>
      version === undefined ? [] : [version.folder, version.installed.folder],
    );
    for (const folder of [...this.#folders].filter((each) => !used.includes(each))) {
      this.#folders.delete(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** Ends everything that was started and removes the temporary root. */
  async close(): Promise<void> {
    // Node.js does not end before its debugger has gone.
    this.#relay?.close();
    await this.#end(this.#serving);
    await this.kill();
    await this.#front?.close();
    this.#events.close();
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Ends whatever runs at once. */
  async kill(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program.stop(0)));
  }
}

/** The termination message of a program, as `kubectl describe pod` would show it, or its status. */
async function explain(
  container: ContainerProgram,
  title: string,
  { status, startError }: ProgramEnd,
  paths?: AuthoredPaths,
): Promise<RunFailure> {
  if (startError !== undefined) {
    const { command, directory } = container.program;
    return {
      kind: 'failed',
      problem: `${title}: ${command} cannot be started in ${directory} (${startError})`,
      fix: 'see that this machine has the program; what the image holds is not here',
    };
  }
  const written = await terminationMessage(container);
  const message = paths?.rewriteReason(written) ?? written;
  return {
    kind: 'failed',
    problem: message === '' ? `${title} ended with status ${status}` : `${title}: ${message}`,
  };
}
