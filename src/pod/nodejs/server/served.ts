import type { Handler } from '../../../../types/index.d.ts';
import type { Metrics } from './metrics.ts';
import type { Settings } from './settings.ts';
import type { Tracing } from './tracing/tracing.ts';

/** What all calls of a Function share. */
export interface Served {
  readonly handler: Handler;
  readonly settings: Settings;
  readonly metrics: Metrics;
  /** Undefined if no spans are exported. */
  readonly tracing: Tracing | undefined;
}
