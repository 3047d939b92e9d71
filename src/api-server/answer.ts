import { ApiError, type ApiServer } from './api-server.ts';
import { within } from './deadline.ts';

/** An answer of the API server, whatever it is. */
export type Answer =
  | { readonly ok: true; readonly object: object }
  | { readonly ok: false; /** 0 if there was no answer. */ readonly status: number; readonly message: string };

/** Runs requests with a deadline; what the API server says against them is an answer too. */
export function asker(
  deadlineMilliseconds: number,
): (request: (signal: AbortSignal) => ReturnType<ApiServer['get']>) => Promise<Answer> {
  return async (request) => {
    try {
      // One that is never aborted, for each: Node.js warns of many requests that wait on the same.
      const object = await within(new AbortController().signal, deadlineMilliseconds, request);
      return typeof object === 'object' && object !== null
        ? { ok: true, object }
        : { ok: false, status: 0, message: 'the answer is not an object' };
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      return { ok: false, status, message: error instanceof Error ? error.message : String(error) };
    }
  };
}
