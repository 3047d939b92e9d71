import type { MeasuredProcess } from '../measure/measured-process.ts';

/** A server under test. */
export interface Served {
  readonly name: string;
  readonly process: MeasuredProcess;
  readonly port: number;
  readonly path: string;
  /** Whether each review's Pod is of a template of its own; all are of one where it is left out. */
  readonly manyTemplates?: boolean;
  readonly stop: () => Promise<void>;
}

export interface Certificate {
  /** PEM, of the authority. */
  readonly ca: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Until the check passes, for half a minute at most. */
export async function until<T>(what: string, check: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    const value = await check();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`${what} did not happen within 30 s`);
}
