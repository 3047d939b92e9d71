/** Exit statuses of every subcommand. */
export const EXIT = {
  done: 0,
  refused: 1,
  wrongInput: 2,
  /** A fault of Buildless itself. */
  fault: 70,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
