import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';

/** Platforms that a Function's Pod may run on, as Kubernetes nodes are labelled; all of them with glibc. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** How old a version has to be to come into a lock. */
export interface LockAge {
  /** The last point in time, ISO 8601, at which a version may have been published. */
  readonly before: string;
  /** Packages that keep a younger version, with the time of that version. */
  readonly except: ReadonlyMap<string, string>;
}

/** What is to be locked. */
export interface LockRequest {
  /** Of the Function, or of the folder; npm writes it into the lock. */
  readonly name: string;
  readonly files: SourceFiles;
  readonly language: Language;
  /** Of the runtime, as the catalogue has it: `22`, `3.12`. */
  readonly version: string;
  /** Undefined: all that the tool can lock for at once. */
  readonly platforms: readonly Platform[] | undefined;
  /** Whether packages without a built distribution may run their own code to be built. */
  readonly builds: boolean;
  /** Without regard to the lock that is there, so that every package moves as far as it may. */
  readonly fresh?: boolean;
  /** Undefined: a version of any age. pip cannot lock with one. */
  readonly age?: LockAge | undefined;
  /** Addresses of indexes and registries that the configuration allows beside the public ones. */
  readonly allowed: readonly string[];
}

/** A lock, or why there is none. */
export type LockOutcome =
  { readonly file: string; readonly text: string; readonly notes: readonly string[] } | LockFailure;

export interface LockFailure {
  readonly problem: string;
  readonly fix: string;
  /** What the tool itself says, redacted. */
  readonly details?: readonly string[];
  /** Set if another try may end otherwise: a registry is away, or busy. */
  readonly temporary?: true;
}

export const isFailure = (value: object): value is LockFailure => 'problem' in value;
