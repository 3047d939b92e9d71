/** What a debugger has asked a program for and expects to last, to be asked again of the next version. */
import type { Fields, InspectorMessage } from './inspector-message.ts';

interface Request {
  readonly method: string;
  readonly params: Fields;
}

/** A breakpoint as the debugger has set it, with the author's files. */
export interface Breakpoint {
  readonly params: Fields;
  /** As the debugger knows it: what the first version has called it. */
  readonly id: string;
  /** What the version that serves calls it, as V8 makes the name of the URL. */
  current: string;
}

/** Those that last until they are asked again; a version gets them as they were asked last. */
const SETTINGS: ReadonlySet<string> = new Set([
  ...['setAsyncCallStackDepth', 'setBlackboxPatterns', 'setBlackboxExecutionContexts', 'setBreakpointsActive'].map(
    (name) => `Debugger.${name}`,
  ),
  ...['setPauseOnExceptions', 'setSkipAllPauses'].map((name) => `Debugger.${name}`),
  ...['setAsyncCallStackDepth', 'setCustomObjectFormatterEnabled', 'setMaxCallStackSizeToCapture'].map(
    (name) => `Runtime.${name}`,
  ),
  'Runtime.runIfWaitingForDebugger',
]);

export class InspectorState {
  readonly #settings = new Map<string, Request>();
  #breakpoints: Breakpoint[] = [];

  /** Remembers a request that a program has granted. */
  granted({ method = '', params = {} }: InspectorMessage, result: Fields): void {
    const [domain = '', name = ''] = method.split('.');
    if (name === 'disable') {
      for (const key of [...this.#settings.keys()]) if (key.startsWith(`${domain}.`)) this.#settings.delete(key);
      if (domain === 'Debugger') this.#breakpoints = [];
    } else if (name === 'enable' || SETTINGS.has(method)) {
      this.#settings.set(method, { method, params });
    } else if (method === 'Runtime.addBinding') {
      this.#settings.set(`${method} ${String(params.name)}`, { method, params });
    } else if (method === 'Runtime.removeBinding') {
      this.#settings.delete(`Runtime.addBinding ${String(params.name)}`);
    } else if (method === 'Debugger.setBreakpointByUrl') {
      const id = String(result.breakpointId);
      this.#breakpoints.push({ params, id, current: id });
    }
  }

  removed(id: string): void {
    this.#breakpoints = this.#breakpoints.filter((each) => each.id !== id);
  }

  get settings(): readonly Request[] {
    return [...this.#settings.values()];
  }

  get breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints;
  }

  has(method: string): boolean {
    return this.#settings.has(method);
  }

  /** What the version that serves calls a breakpoint of the debugger. */
  currentOf(id: string): string {
    return this.#breakpoints.find((each) => each.id === id)?.current ?? id;
  }

  /** What the debugger calls a breakpoint of the version that serves. */
  idOf(current: string): string {
    return this.#breakpoints.find((each) => each.current === current)?.id ?? current;
  }
}
