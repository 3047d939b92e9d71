/**
 * What the webhook gives to whom, in one place; docs/operations.md explains them. An API server waits 5 s for an answer
 * (`timeoutSeconds` of the registrations), and a replica has 512 MiB (deploy/base/deployment.yaml).
 */

const MEBIBYTE = 1024 * 1024;

/** Judging the dependencies of sources. */
export const JUDGEMENT = {
  /** Bytes of a source that is judged at once, on the thread that answers; a larger one is judged on its own thread. */
  inlineBytes: 8 * 1024,
  /** And its steps (src/dependencies/budget.ts); one that takes more is judged on the thread as well. */
  inlineSteps: 20_000,
  /** One thread: what it is worth is that reviews go on, not that two sources are judged at the same time. */
  queue: { running: 1, runningOfKey: 1, waiting: 128, waitingOfKey: 16, milliseconds: 2000 },
  /** How long a judgement may take, and how long while another namespace waits. The budget of steps ends most long before. */
  longestMilliseconds: 2000,
  longestWhileOthersWaitMilliseconds: 750,
  /** How long a source is refused whose judgement was ended by the clock: it may have been the machine. */
  stoppedIsRememberedMilliseconds: 60_000,
  stoppedSources: 256,
  /** Of the thread. The largest source is 1 MiB; its lock, parsed, is about 20 times that. */
  memory: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  /** After its last judgement the thread ends, and its memory is free. */
  idleMilliseconds: 30_000,
  /** Characters of findings that are remembered, of about 200 sources at the least. */
  rememberedCharacters: 4 * MEBIBYTE,
  rememberedSources: 4096,
} as const;
