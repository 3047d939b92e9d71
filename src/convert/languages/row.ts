import type { V1EnvVar } from '@kubernetes/client-node';
import type { ConvertedDependencies } from '../added-dependencies.ts';

/** A runtime of Kyma, and what takes its place. */
interface KymaRuntime {
  readonly runtime: string;
  readonly note?: string;
}

/** What the conversion of Kyma's Functions has to know of a language. */
export interface ConvertRow {
  /** Kyma's runtimes (function_types.go), those it has dropped since included. */
  readonly runtimes: Readonly<Record<string, KymaRuntime>>;
  /** Files of an inline source. */
  readonly files: { readonly handler: string; readonly dependencies: string };
  /**
   * Completes a dependency file with what the code imports, Kyma's image carried, and nobody declared. What the author wrote
   * comes out byte for byte; additions are at the end of its list.
   */
  readonly completeDependencies: (code: string, declared: string | undefined) => ConvertedDependencies;
  /** What a Function takes for a request's body on Kyma, if it is another limit than ours. */
  readonly bodyLimit?: { readonly variable: V1EnvVar; readonly size: string; readonly comment: string };
}
