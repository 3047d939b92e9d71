import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import type { Runtime } from '../function/runtimes.ts';
import type { Resources } from '../manifests/resources.ts';
import { startProgram, type ProgramEnd, type RunningProgram } from './container-process.ts';
import type { ContainerProgram } from './container-process.ts';
import { EventSink } from './event-sink.ts';
import { isFailure, type RunFailure } from './failure.ts';
import { durationOf, type Journal } from './journal.ts';
import { borrowPackages, keepsPackages, takeOverPackages } from './kept-packages.ts';
import { isInstaller, layOut, terminationMessage, type LocalPod } from './local-pod.ts';
import { freePort, portFor } from './ports.ts';
import { isReady, type StartProbe } from './readiness.ts';

export interface LocalFunctionOptions {
  readonly name: string;
  readonly runtimes: Readonly<Record<string, Runtime>>;
  /** 0 for any; the Function's own where absent. */
  readonly port?: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether a debugger is to find it. */
  readonly inspect?: boolean;
  readonly journal: Journal;
  /** Gives the run up while it is being started. */
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: string, milliseconds: number, ok: boolean) => void;
}

/** Kubernetes' default for terminationGracePeriodSeconds. */
const GRACE_SECONDS = 30;
const PATIENCE_MILLISECONDS = 5000;
const MOST_TRIAL_LINES = 1000;
const PORT_TAKEN = /EADDRINUSE|Address already in use/;
const STOPPED: RunFailure = { kind: 'failed', problem: 'stopped' };

interface Generation {
  readonly folder: string;
  readonly local: LocalPod;
  readonly resources: Resources;
}

interface StartingServer {
  readonly container: ContainerProgram;
  readonly program: RunningProgram;
  readonly probe: StartProbe;
  readonly port: number;
}

/** A Function on this machine: one Pod after the other, as its author edits it. */
export class LocalFunction {
  readonly #options: LocalFunctionOptions;
  readonly #root: string;
  readonly #events: EventSink;
  #port: number | undefined;
  #count = 0;
  #told: readonly string[] = [];
  /** The last one whose packages are installed. */
  #current: Generation | undefined;
  #running: RunningProgram | undefined;
  #ended: Promise<ProgramEnd> | undefined;
  /** Whatever runs, init programs included. */
  readonly #programs = new Set<RunningProgram>();

  private constructor(options: LocalFunctionOptions, root: string) {
    this.#options = options;
    this.#root = root;
    this.#events = new EventSink(options.journal.linesOf('CloudEvent', 'cyan'));
  }

  /** Makes the temporary root; `close` removes it. */
  static async open(options: LocalFunctionOptions): Promise<LocalFunction> {
    // The real path, as the Python programs and Node.js see through links (macOS has one at /tmp).
    const root = await realpath(await mkdtemp(path.join(tmpdir(), 'buildless-run-')));
    return new LocalFunction(options, root);
  }

  /** Where the server answers; undefined where the Function has a command of its own, or is not up. */
  get url(): string | undefined {
    return this.#port === undefined ? undefined : `http://localhost:${this.#port}/`;
  }

  /** How the program that was started last ends, by itself or by `close`; undefined where none was. */
  get ended(): Promise<ProgramEnd> | undefined {
    return this.#ended;
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Runs a Pod in the place of the one before: that one serves until the new one is prepared, installed and has
   * started once.
   *
   * @param pod injected
   * @returns why it does not run
   */
  async run(pod: V1Pod, resources: Resources): Promise<RunFailure | undefined> {
    const folder = path.join(this.#root, 'pods', String((this.#count += 1)));
    const failure = await this.#replace(pod, resources, folder);
    if (failure !== undefined && this.#current?.folder !== folder) await rm(folder, { recursive: true, force: true });
    return failure;
  }

  async #replace(pod: V1Pod, resources: Resources, folder: string): Promise<RunFailure | undefined> {
    const { journal, signal, runtimes, environment, inspect = false } = this.#options;
    const port = this.#port ?? (await portFor(pod, this.#options.port));
    if (isFailure(port)) return port;
    this.#port = port;
    const claims = path.join(this.#root, 'claims');
    const events = this.#events;
    const local = await layOut({ pod, resources, runtimes, environment, inspect, port, events, folder, claims });
    if (isFailure(local)) return local;
    this.#tellDifferences(local.differences);

    const { language } = local.runtime;
    const before = this.#current;
    const kept =
      before !== undefined &&
      keepsPackages({ pod: before.local.pod, resources: before.resources, language }, { pod, resources, language });
    for (const container of local.init.filter((each) => !(kept && isInstaller(each)))) {
      const failure = await this.#runInit(container);
      if (failure !== undefined) return failure;
    }
    if (kept) await borrowPackages(before.local.appFolder, local.appFolder, language);
    if (this.isUp) {
      const failure = await this.#tryOut(local);
      if (failure !== undefined) return failure;
    }
    await this.#stopRunning();
    if (signal.aborted) return STOPPED;
    if (kept) {
      await takeOverPackages(before.local.appFolder, local.appFolder, language);
      journal.aside('packages kept: only code has changed');
    }
    this.#current = { folder, local, resources };
    if (before !== undefined) await rm(before.folder, { recursive: true, force: true });
    return this.#start(local);
  }

  #tellDifferences(differences: readonly string[]): void {
    if (JSON.stringify(differences) === JSON.stringify(this.#told)) return;
    this.#told = differences;
    this.#options.journal.aside('This machine does not reproduce of the Pod:');
    for (const difference of differences) this.#options.journal.aside(`  - ${difference}`);
  }

  async #runInit(container: ContainerProgram): Promise<RunFailure | undefined> {
    const { journal, signal } = this.#options;
    return this.#phase(container.name, async () => {
      const program = this.#launch(container, journal.linesOf(container.name, 'dim'));
      const stop = (): void => void program.stop(GRACE_SECONDS);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const end = await program.ended;
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return STOPPED;
      return end.status === 0 ? undefined : await explain(container, container.name, end);
    });
  }

  /**
   * Starts a server on another port while the one before serves: a version that does not start replaces nothing.
   *
   * @returns why it does not start
   */
  async #tryOut({ trial, probe }: LocalPod): Promise<RunFailure | undefined> {
    const { name, journal, signal } = this.#options;
    const port = await freePort(0);
    if (probe === undefined || port === undefined) return undefined;
    const lines: string[] = [];
    const env = { ...trial.program.env, FUNC_PORT: String(port) };
    const program = this.#launch({ ...trial, program: { ...trial.program, env } }, (line) => {
      if (lines.length < MOST_TRIAL_LINES) lines.push(line);
    });
    const failure = await this.#phase('trial start', async () => {
      const failed = await this.#untilReady({ container: trial, program, probe, port });
      await program.stop(0);
      // Code that takes a port of its own cannot start beside the version before it.
      return failed !== undefined && lines.some((line) => PORT_TAKEN.test(line)) ? undefined : failed;
    });
    if (failure !== undefined && !signal.aborted) {
      const print = journal.linesOf(name, 'cyan');
      for (const line of lines) print(line);
    }
    return failure;
  }

  async #start(local: LocalPod): Promise<RunFailure | undefined> {
    const { name, journal } = this.#options;
    const running = this.#launch(local.function, journal.linesOf(name, 'cyan'));
    this.#running = running;
    this.#ended = running.ended;
    void running.ended.then(() => {
      if (this.#running === running) this.#running = undefined;
    });
    const { probe } = local;
    const port = this.#port;
    if (probe === undefined || port === undefined) return undefined;
    return this.#phase('start', async () => {
      const failure = await this.#untilReady({ container: local.function, program: running, probe, port });
      if (failure !== undefined) await this.#stopRunning();
      return failure;
    });
  }

  /** Waits until a server answers or ends; @returns why it does not answer */
  async #untilReady({ container, program, probe, port }: StartingServer): Promise<RunFailure | undefined> {
    const { name, signal } = this.#options;
    const over = new AbortController();
    const first = await Promise.race([program.ended, isReady(probe, port, AbortSignal.any([signal, over.signal]))]);
    over.abort();
    if (first === true) return undefined;
    if (signal.aborted) return STOPPED;
    if (first !== false) return await explain(container, name, first);
    return {
      kind: 'failed',
      problem: `${name} did not answer at ${probe.path} within ${probe.limitSeconds} s`,
      fix: 'see its log above; what runs while its module is loaded may wait for something',
    };
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

  async #stopRunning(): Promise<void> {
    const grace = this.#current?.local.pod.spec?.terminationGracePeriodSeconds;
    await this.#running?.stop(grace ?? GRACE_SECONDS);
    this.#running = undefined;
  }

  /** Ends everything that was started and removes the temporary root. */
  async close(): Promise<void> {
    await this.#stopRunning();
    await this.kill();
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
): Promise<RunFailure> {
  if (startError !== undefined) {
    const { command, directory } = container.program;
    return {
      kind: 'failed',
      problem: `${title}: ${command} cannot be started in ${directory} (${startError})`,
      fix: 'see that this machine has the program; what the image holds is not here',
    };
  }
  const message = await terminationMessage(container);
  return {
    kind: 'failed',
    problem: message === '' ? `${title} ended with status ${status}` : `${title}: ${message}`,
  };
}
