import { mkdir } from 'node:fs/promises';
import { permanent, temporary } from './failure.ts';
import { resolveCommit, resolveFiles } from './git-jobs.ts';
import { clearJobs, inJobPlace, trimCache, type Ended, type JobPlace, type PlaceOptions } from './job-place.ts';
import { askReleases, resolveLock } from './lock-job.ts';
import type { Failure, GitJob, LockJob, Resolver } from './resolver.ts';
import { Slots } from './slots.ts';
import { asksPublicOnly } from './tool-environment.ts';

export interface LocalResolverOptions extends PlaceOptions {
  /** Jobs at a time, of each lane. */
  readonly parallel: number;
  /** Jobs that may wait for their turn. */
  readonly waiting: number;
  /** Called for what should not have happened. */
  readonly failed: (error: unknown) => void;
}

/** Runs jobs on this machine. */
export async function createLocalResolver(options: LocalResolverOptions): Promise<Resolver> {
  // A registry or Git server that hangs holds up nobody but those who chose servers themselves.
  const lane = (): Slots => new Slots(options.parallel, options.waiting);
  const lanes = { public: lane(), chosen: lane(), git: lane() } as const;
  await mkdir(options.folder, { recursive: true });
  await clearJobs(options);
  await trimCache(options);
  let running = 0;

  const run = async <Result extends object>(
    slots: Slots,
    { proxies }: LockJob | GitJob,
    signal: AbortSignal,
    work: (place: JobPlace) => Promise<Result | Failure>,
  ): Promise<Result | Failure> => {
    const outcome = await slots.run(async () => {
      running += 1;
      try {
        const environment = { ...options.environment, ...proxies };
        return await inJobPlace({ ...options, environment }, signal, work);
      } catch (error) {
        options.failed(error);
        return { result: temporary('the resolver failed, see its log', 'report it if it stays') };
      } finally {
        running -= 1;
        if (running === 0) await trimCache(options).catch(options.failed);
      }
    }, signal);
    if (outcome === 'full') return temporary('the resolver has too many jobs', 'no action needed: it is tried again');
    if (outcome === 'gone') return endedFailure('given-up', options);
    return 'result' in outcome ? outcome.result : endedFailure(outcome.ended, options);
  };
  return {
    lock: (job, signal) => run(lanes[laneOf(job)], job, signal, (place) => resolveLock(job, place)),
    releases: (job, signal) => run(lanes[laneOf(job)], job, signal, (place) => askReleases(job, place)),
    commit: (job, signal) => run(lanes.git, job, signal, (place) => resolveCommit(job, place)),
    files: (job, signal) => run(lanes.git, job, signal, (place) => resolveFiles(job, place)),
  };
}

const laneOf = ({ inputs, registrySettings }: LockJob): 'public' | 'chosen' =>
  asksPublicOnly({ files: inputs.files, language: inputs.language, registrySettings }) ? 'public' : 'chosen';

function endedFailure(ended: Ended, { seconds, mostBytes }: LocalResolverOptions): Failure {
  switch (ended) {
    case 'given-up':
      return temporary('the job was given up', 'no action needed: it is tried again');
    case 'too-long':
      return temporary(
        `it was not resolved within ${seconds} s`,
        'see that the registries and the Git server answer, or write a lock into the source ("buildless lock")',
      );
    case 'too-large':
      return permanent(
        `more than ${Math.round(mostBytes / 1024 / 1024)} MiB were downloaded to resolve it`,
        'name a smaller repository, or write a lock into the source ("buildless lock")',
      );
  }
}
