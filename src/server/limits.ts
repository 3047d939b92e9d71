/**
 * What the webhook gives to whom, in one place; docs/operations.md explains them. An API server waits 5 s for an answer
 * (`timeoutSeconds` of the registrations), and a replica has 512 MiB (deploy/base/deployment.yaml).
 */

const MEBIBYTE = 1024 * 1024;

/** Reviews of large objects: parsing 1 MiB and answering for it takes some 20 ms of the only thread that answers. */
export const REVIEWS = {
  /** Bytes of a body that waits for its turn; smaller ones are answered as they come. */
  largeBytes: 64 * 1024,
  /** Bytes of large bodies under way: in all, and of a namespace that has one already. */
  bodies: { bytes: 64 * MEBIBYTE, bytesOfNamespace: 16 * MEBIBYTE },
  queue: { running: 4, runningOfKey: 2, waiting: 64, waitingOfKey: 16, milliseconds: 1500 },
  /** From the last byte of a review to an answer, whatever it is. */
  longestMilliseconds: 4500,
} as const;

/** Deeper than any object of Kubernetes; what calls itself for each level of one runs out of stack at some thousands. */
export const DEEPEST_OBJECT = 500;

/**
 * Connections. An API server keeps 25 idle ones to a webhook, and has at most some hundred reviews under way
 * (`--max-mutating-requests-inflight`, 200 by default).
 */
export const CONNECTIONS = {
  tls: { connections: 1000 },
  /** The kubelet, Prometheus, and whoever looks. */
  plain: { connections: 100 },
  headerBytes: 8 * 1024,
} as const;

/** Judging the dependencies of sources. */
export const JUDGEMENT = {
  /** Bytes of a source that is judged at once, on the thread that answers; a larger one is judged on its own thread. */
  inlineBytes: 8 * 1024,
  /** And its steps (src/dependencies/budget.ts); one that takes more is judged on the thread as well. */
  inlineSteps: 20_000,
  /** One thread: what it is worth is that reviews go on, not that two sources are judged at the same time. */
  queue: { running: 1, runningOfKey: 1, waiting: 128, waitingOfKey: 16, milliseconds: 2000 },
  /**
   * CPU of the process while a judgement goes on, and that while another namespace waits. The budget of steps ends nearly all
   * of them long before; this is for what it does not count.
   */
  longestCpuMilliseconds: 2000,
  longestCpuWhileOthersWaitMilliseconds: 750,
  /** By the clock, on a machine that has no time for it. */
  longestMilliseconds: 2500,
  /** How long a source is refused whose judgement was ended by the clock: it may have been the machine. */
  stoppedIsRememberedMilliseconds: 60_000,
  stoppedSources: 256,
  /** Of the thread. The largest source is 1 MiB; its lock, parsed, is about 20 times that. */
  memory: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  /** After its last judgement the thread ends, and its memory is free. */
  idleMilliseconds: 30_000,
  /** Characters of findings and of lists of packages that are remembered; those of 500 packages take about 20,000. */
  rememberedCharacters: 32 * MEBIBYTE,
  rememberedSources: 4096,
} as const;
