/** Where a job works: a folder of its own that is gone afterwards, and what it may use of the machine. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { limitFolder, sizeOfFolder } from './folder-limit.ts';

export interface JobPlace {
  /** Of this job alone. */
  readonly folder: string;
  /** Shared by all jobs that only ask public registries. */
  readonly cache: string;
  /** Of this process, with the proxies of the job. */
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted if the job is given up, takes too long, or needs too much room. */
  readonly stop: AbortSignal;
  /** That a job may take. */
  readonly seconds: number;
  /** Characters that a tool may print. */
  readonly mostOutput: number;
}

export interface PlaceOptions {
  /** Holds the folders of all jobs and the cache. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly seconds: number;
  /** Bytes that a job may write. */
  readonly mostBytes: number;
  /** Bytes of the cache above which it is emptied. */
  readonly mostCached: number;
}

/** How a job was ended from outside. */
export type Ended = 'given-up' | 'too-long' | 'too-large';

const MOST_OUTPUT = 1024 * 1024;

export async function inJobPlace<Result>(
  { folder: top, environment, seconds, mostBytes }: PlaceOptions,
  givenUp: AbortSignal,
  work: (place: JobPlace) => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly ended: Ended }> {
  await mkdir(jobsIn(top), { recursive: true });
  const folder = await mkdtemp(path.join(jobsIn(top), 'job-'));
  const limit = limitFolder(folder, mostBytes);
  const tooLong = AbortSignal.timeout(seconds * 1000);
  const stop = AbortSignal.any([givenUp, tooLong, limit.exceeded]);
  try {
    const place = { folder, cache: cacheIn(top), environment, stop, seconds, mostOutput: MOST_OUTPUT };
    const result = await work(place);
    if (!stop.aborted) return { result };
    return { ended: limit.exceeded.aborted ? 'too-large' : tooLong.aborted ? 'too-long' : 'given-up' };
  } finally {
    limit.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what a process that was killed left behind. */
export async function clearJobs({ folder }: PlaceOptions): Promise<void> {
  await rm(jobsIn(folder), { recursive: true, force: true });
}

/** Empties the cache if it is too large; to be called while no job runs. A job that begins now gets a new one. */
export async function trimCache({ folder, mostCached }: PlaceOptions): Promise<void> {
  if ((await sizeOfFolder(cacheIn(folder), mostCached)) <= mostCached) return;
  const old = await mkdtemp(path.join(folder, 'old-cache-'));
  await rename(cacheIn(folder), path.join(old, 'cache'));
  await rm(old, { recursive: true, force: true, maxRetries: 3 });
}

const jobsIn = (top: string): string => path.join(top, 'jobs');
const cacheIn = (top: string): string => path.join(top, 'cache');
