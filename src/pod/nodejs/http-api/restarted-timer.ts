import type { FunctionResponse } from '../server/messages.ts';
import { apply } from '../server/originals.ts';

/** On Bun the timer of a response runs on through its writes; on Node.js each begins it again. */
export function restartTimerOnWrites(res: FunctionResponse): void {
  const setTimer = res.setTimeout.bind(res);
  const write: unknown = Reflect.get(res, 'write');
  if (typeof write !== 'function') return;
  let milliseconds = 0;
  const own = {
    setTimeout(given: number, done?: () => void) {
      milliseconds = given;
      return setTimer(given, done);
    },
    write(...args: readonly unknown[]): unknown {
      if (milliseconds > 0) setTimer(milliseconds);
      return apply(write, res, args);
    },
  };
  Object.assign(res, own);
}
