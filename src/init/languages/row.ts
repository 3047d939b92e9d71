import type { Runtime } from '../../function/runtimes.ts';
import type { Template } from '../templates.ts';

export type NewFiles = Readonly<Record<string, string | Uint8Array>>;

export interface NewFunction {
  readonly name: string;
  readonly runtime: Runtime;
  readonly template: Template;
}

/** What a new Function of a language has besides its code. */
export interface NewFunctionRow {
  /** Manifest, lock and settings that run in the cluster, for the ConfigMap. */
  readonly source: (made: NewFunction) => NewFiles;
  /** For tests and editors. */
  readonly others: (made: NewFunction) => NewFiles;
  /** A configuration of VS Code that attaches to `buildless run --inspect`. */
  readonly attach: Readonly<Record<string, unknown>>;
  readonly ignored: readonly string[];
  /** How its tests are run. */
  readonly test: string;
  /** How the same tests are run on an engine, by its command. */
  readonly testOn?: Readonly<Record<string, string>>;
}
