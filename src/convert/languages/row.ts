import type { V1EnvVar } from '@kubernetes/client-node';
import type { Api } from '../../function/api.ts';
import type { ConvertedDependencies } from '../added-dependencies.ts';
import type { CodeChange } from '../new-api/change.ts';

/** A runtime of Kyma, and what takes its place. */
interface KymaRuntime {
  readonly runtime: string;
  /** Set for those whose handlers take a request of Express or Flask. */
  readonly api?: 'http';
  readonly note?: string;
}

export interface BodyLimit {
  readonly variable: V1EnvVar;
  readonly size: string;
  readonly comment: string;
}

/** What the conversion of Kyma's Functions has to know of a language. */
export interface ConvertRow {
  /** Kyma's runtimes (function_types.go), those it has dropped since included. */
  readonly runtimes: Readonly<Record<string, KymaRuntime>>;
  /** Files of an inline source. */
  readonly files: { readonly handler: string; readonly dependencies: string };
  /**
   * Completes a dependency file with what the code imports, Kyma's image carried, and nobody declared. The author's text comes
   * out byte for byte; additions are at the end of its list.
   *
   * @param provided names that our server provides
   */
  readonly completeDependencies: (
    code: string,
    declared: string | undefined,
    provided: ReadonlySet<string>,
  ) => ConvertedDependencies;
  /** What a Function takes for a request's body on Kyma, if it is another limit than ours; by API. */
  readonly bodyLimit?: Readonly<Record<Api, BodyLimit>>;
  /** What a handler of the event API has to change for Kyma's new one; undefined if it cannot be told. */
  readonly changesForHttp: (code: string) => readonly CodeChange[] | undefined;
}
