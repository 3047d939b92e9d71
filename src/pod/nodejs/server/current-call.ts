import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call } from './call.ts';

/** The call that the running code belongs to, also in its timers and promises. */
export const currentCall = new AsyncLocalStorage<Call>();
