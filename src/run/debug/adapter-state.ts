/** What an editor has told a debug adapter, to be told to the adapter of the next version. */
import { isObject } from '../../kubernetes/object.ts';
import type { AdapterMessage, Fields } from './adapter-message.ts';

interface Request {
  readonly command: string;
  readonly arguments: Fields;
}

const BREAKPOINTS: ReadonlySet<string> = new Set([
  'setBreakpoints',
  'setFunctionBreakpoints',
  'setExceptionBreakpoints',
]);

export class AdapterState {
  readonly #requests = new Map<string, Request>();
  /** Numbers that the editor knows breakpoints by, by the request that has set them. */
  readonly #ids = new Map<string, readonly unknown[]>();
  /** By the number that the adapter of the version that serves has given. */
  readonly #known = new Map<unknown, unknown>();
  readonly #threads = new Set<unknown>();
  isStopped = false;

  /** Remembers a request that an adapter has granted. */
  granted({ command = '', arguments: given = {} }: AdapterMessage, body: Fields): void {
    const key = keyOf(command, given);
    this.#requests.set(key, { command, arguments: given });
    if (!BREAKPOINTS.has(command)) return;
    const ids = idsOf(body);
    this.#ids.set(key, ids);
    for (const id of ids) this.#known.delete(id);
  }

  /** Remembers what the next adapter calls the breakpoints of a request; @returns them as the editor knows them */
  grantedAgain({ command, arguments: given }: Request, body: Fields): readonly Fields[] {
    const before = this.#ids.get(keyOf(command, given)) ?? [];
    return (Array.isArray(body.breakpoints) ? body.breakpoints : []).flatMap((each: unknown, index) => {
      const id = before[index];
      if (!isObject(each) || id === undefined) return [];
      this.#known.set(each.id, id);
      return [{ ...each, id }];
    });
  }

  /** Events as the editor knows their breakpoints, and what they say of threads. */
  happened(message: AdapterMessage): AdapterMessage {
    const { event, body = {} } = message;
    if (event === 'thread' && body.reason === 'started') this.#threads.add(body.threadId);
    if (event === 'thread' && body.reason === 'exited') this.#threads.delete(body.threadId);
    if (event === 'continued') this.isStopped = false;
    if (event === 'stopped') {
      this.isStopped = true;
      const hit = Array.isArray(body.hitBreakpointIds) ? body.hitBreakpointIds.map((id) => this.#idOf(id)) : undefined;
      return { ...message, body: { ...body, ...(hit !== undefined && { hitBreakpointIds: hit }) } };
    }
    if (event !== 'breakpoint' || !isObject(body.breakpoint)) return message;
    return { ...message, body: { ...body, breakpoint: { ...body.breakpoint, id: this.#idOf(body.breakpoint.id) } } };
  }

  /** Forgets what belongs to the version before; @returns its threads */
  leave(): readonly unknown[] {
    const threads = [...this.#threads];
    this.#threads.clear();
    this.#known.clear();
    this.isStopped = false;
    return threads;
  }

  requestOf(command: string): Request | undefined {
    return this.#requests.get(command);
  }

  get breakpoints(): readonly Request[] {
    return [...this.#requests.values()].filter(({ command }) => BREAKPOINTS.has(command));
  }

  #idOf(id: unknown): unknown {
    return this.#known.get(id) ?? id;
  }
}

/** Those of a file replace the ones that the file had before. */
const keyOf = (command: string, given: Fields): string =>
  command === 'setBreakpoints' && isObject(given.source) ? `${command} ${String(given.source.path)}` : command;

const idsOf = ({ breakpoints }: Fields): readonly unknown[] =>
  Array.isArray(breakpoints) ? breakpoints.map((each: unknown) => (isObject(each) ? each.id : undefined)) : [];
