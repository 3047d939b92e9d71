import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { LOOPBACK, MOVE_MILLISECONDS, type DebuggedVersion } from './debug-relay.ts';
import {
  breakpointInCopy,
  parseMessage,
  withAuthoredFiles,
  type Fields,
  type InspectorMessage,
} from './inspector-message.ts';
import { InspectorState, type Breakpoint } from './inspector-state.ts';

/** Requests of this relay's own have numbers that no debugger comes to. */
const FIRST_OWN_ID = 1_500_000_000;
/** What the inspector answers if a request cannot be served (JSON-RPC 2.0, "Error object"). */
const SERVER_ERROR = -32_000;

/** One debugger, connected by the inspector protocol, and the version of the Function that it debugs. */
export class InspectorSession {
  readonly #client: WebSocket;
  readonly #state = new InspectorState();
  readonly #asked = new Map<number, InspectorMessage>();
  readonly #own = new Map<number, (answer: InspectorMessage) => void>();
  #nextOwn = FIRST_OWN_ID;
  #program: WebSocket;
  #version: DebuggedVersion;
  #isPaused = false;

  /** @param program open, as is the client */
  constructor(client: WebSocket, program: WebSocket, version: DebuggedVersion) {
    this.#client = client;
    this.#program = program;
    this.#version = version;
    client.on('message', (data) => {
      this.#toProgram(parseMessage(textOf(data)));
    });
    client.on('close', () => {
      this.#program.terminate();
    });
    client.on('error', () => {
      client.terminate();
    });
    this.#follow();
  }

  /** Asks the next version for all that the debugger has asked this one for; the session ends if it does not answer. */
  async moveTo(version: DebuggedVersion): Promise<void> {
    const signal = AbortSignal.timeout(MOVE_MILLISECONDS);
    try {
      const program = await connectInspector(version.port, signal);
      this.#leave();
      this.#program = program;
      this.#version = version;
      this.#follow();
      await Promise.race([this.#ask(), once(signal, 'abort').then(() => Promise.reject(new Error('late')))]);
    } catch {
      this.close();
    }
  }

  close(): void {
    this.#client.close();
    this.#program.terminate();
  }

  #follow(): void {
    const program = this.#program;
    program.on('message', (data) => {
      if (program === this.#program) this.#toClient(parseMessage(textOf(data)));
    });
    program.on('error', () => {
      program.terminate();
    });
    program.on('close', () => {
      if (program === this.#program) this.#client.close();
    });
  }

  /** For a debugger, the change of versions is what a reload is for a page. */
  #leave(): void {
    const before = this.#program;
    // Its breakpoints are gone with it, and whatever waits at one goes on.
    before.removeAllListeners('close').terminate();
    for (const [id] of this.#asked)
      this.#tell({ id, error: { code: SERVER_ERROR, message: 'an edit has ended the version that was asked' } });
    this.#asked.clear();
    this.#own.clear();
    if (this.#isPaused) this.#tell({ method: 'Debugger.resumed', params: {} });
    this.#isPaused = false;
    if (this.#state.has('Runtime.enable')) this.#tell({ method: 'Runtime.executionContextsCleared', params: {} });
  }

  async #ask(): Promise<void> {
    await Promise.all(this.#state.settings.map(({ method, params }) => this.#request(method, params)));
    await Promise.all(this.#state.breakpoints.map((each) => this.#setAgain(each)));
  }

  async #setAgain(breakpoint: Breakpoint): Promise<void> {
    const params = breakpointInCopy(breakpoint.params, this.#version.paths);
    const { result } = await this.#request('Debugger.setBreakpointByUrl', params);
    if (typeof result?.breakpointId !== 'string') return;
    breakpoint.current = result.breakpointId;
    for (const location of Array.isArray(result.locations) ? result.locations : [])
      this.#tell({ method: 'Debugger.breakpointResolved', params: { breakpointId: breakpoint.id, location } });
  }

  #request(method: string, params: Fields): Promise<InspectorMessage> {
    const id = (this.#nextOwn += 1);
    return new Promise((resolve) => {
      this.#own.set(id, resolve);
      this.#program.send(JSON.stringify({ id, method, params }));
    });
  }

  #toProgram(message: InspectorMessage | undefined): void {
    if (message?.id === undefined) return;
    this.#asked.set(message.id, message);
    const { method, params = {} } = message;
    if (method === 'Debugger.setBreakpointByUrl') {
      this.#program.send(JSON.stringify({ ...message, params: breakpointInCopy(params, this.#version.paths) }));
    } else if (method === 'Debugger.removeBreakpoint' && typeof params.breakpointId === 'string') {
      const breakpointId = this.#state.currentOf(params.breakpointId);
      this.#program.send(JSON.stringify({ ...message, params: { ...params, breakpointId } }));
      this.#state.removed(params.breakpointId);
    } else {
      this.#program.send(JSON.stringify(message));
    }
  }

  #toClient(message: InspectorMessage | undefined): void {
    if (message === undefined) return;
    const { id, method, result } = message;
    if (id !== undefined) {
      const own = this.#own.get(id);
      if (own !== undefined) {
        this.#own.delete(id);
        own(message);
        return;
      }
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if (asked !== undefined && result !== undefined) this.#state.granted(asked, result);
    }
    if (method === 'Debugger.paused') this.#isPaused = true;
    if (method === 'Debugger.resumed') this.#isPaused = false;
    this.#tell(this.#withKnownBreakpoints(withAuthoredFiles(message, this.#version.paths)));
  }

  #withKnownBreakpoints(message: InspectorMessage): InspectorMessage {
    const { method, params = {} } = message;
    if (method === 'Debugger.breakpointResolved') {
      return { ...message, params: { ...params, breakpointId: this.#state.idOf(String(params.breakpointId)) } };
    }
    if (method === 'Debugger.paused' && Array.isArray(params.hitBreakpoints)) {
      const hitBreakpoints = params.hitBreakpoints.map((current) => this.#state.idOf(String(current)));
      return { ...message, params: { ...params, hitBreakpoints } };
    }
    return message;
  }

  #tell(message: InspectorMessage): void {
    if (this.#client.readyState === WebSocket.OPEN) this.#client.send(JSON.stringify(message));
  }
}

/** Connects to the one target that a Node.js process has. */
async function connectInspector(port: number, signal: AbortSignal): Promise<WebSocket> {
  const response = await fetch(`http://${LOOPBACK}:${port}/json/list`, { signal });
  const [target] = (await response.json()) as readonly { readonly id: string }[];
  return await openInspector(port, `/${target?.id ?? ''}`, {});
}

/**
 * @param path of the target
 * @throws if nothing listens there, or it has no such target
 */
export async function openInspector(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${LOOPBACK}:${port}${path}`, { headers, perMessageDeflate: false, maxPayload: 0 });
  await once(socket, 'open');
  return socket;
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}
