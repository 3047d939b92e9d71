/** What the two threads tell each other. */

/** Given to the health thread at its start. */
export interface HealthOrders {
  /** 0 for any free one. */
  readonly port: number;
  /** How long the handler may keep its thread busy. */
  readonly limitSeconds: number;
}

/** What comes over as `workerData`, which Node has no type for. */
export function readOrders(data: unknown): HealthOrders {
  if (typeof data === 'object' && data !== null && 'port' in data && 'limitSeconds' in data) {
    const { port, limitSeconds } = data;
    if (typeof port === 'number' && typeof limitSeconds === 'number') return { port, limitSeconds };
  }
  throw new TypeError('the health thread was started without its orders');
}

/** The thread's first word. */
export type HealthReport = { readonly port: number } | { readonly failed: string };
