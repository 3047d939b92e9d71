import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  forEditor,
  forProgram,
  readMessages,
  writeMessage,
  type AdapterMessage,
  type Fields,
} from './adapter-message.ts';
import { AdapterState } from './adapter-state.ts';
import { LOOPBACK, MOVE_MILLISECONDS, type DebuggedVersion } from './debug-relay.ts';

type Answer = (message: AdapterMessage) => void;

/** One editor, connected by the Debug Adapter Protocol, and the version of the Function that it debugs. */
export class AdapterSession {
  readonly #editor: Socket;
  readonly #state = new AdapterState();
  /** Requests that the program has not answered yet, by their number there. */
  readonly #asked = new Map<number, Answer>();
  #program: Socket;
  #version: DebuggedVersion;
  #toEditor = 0;
  #toProgram = 0;
  #initialized: (() => void) | undefined;

  constructor(editor: Socket, version: DebuggedVersion) {
    this.#editor = editor;
    this.#version = version;
    this.#program = connect(version.port, LOOPBACK);
    editor.on('error', () => editor.destroy());
    editor.on('close', () => this.#program.destroy());
    readMessages(editor, (message) => {
      this.#take(message);
    });
    this.#follow();
  }

  /** Tells the next version all that the editor has told this one; the session ends if it does not answer. */
  async moveTo(version: DebuggedVersion): Promise<void> {
    const signal = AbortSignal.timeout(MOVE_MILLISECONDS);
    try {
      const program = connect(version.port, LOOPBACK);
      await once(program, 'connect', { signal });
      this.#leave();
      this.#program = program;
      this.#version = version;
      this.#follow();
      await Promise.race([this.#attachAgain(), once(signal, 'abort').then(() => Promise.reject(new Error('late')))]);
    } catch {
      this.close();
    }
  }

  close(): void {
    this.#editor.end();
    this.#program.destroy();
  }

  #follow(): void {
    const program = this.#program;
    program.on('error', () => program.destroy());
    program.on('close', () => {
      if (program === this.#program) this.#editor.end();
    });
    readMessages(program, (message) => {
      if (program === this.#program) this.#pass(message);
    });
  }

  /** The threads of the version before are gone; what waits at a breakpoint there goes on. */
  #leave(): void {
    this.#program.removeAllListeners('close').destroy();
    const stopped = this.#state.isStopped;
    const threads = this.#state.leave();
    for (const answer of [...this.#asked.values()])
      answer({ seq: 0, type: 'response', success: false, message: 'an edit has ended the version that was asked' });
    this.#asked.clear();
    if (stopped) this.#tell('continued', { threadId: threads[0] ?? 0, allThreadsContinued: true });
    for (const threadId of threads) this.#tell('thread', { reason: 'exited', threadId });
  }

  /** https://microsoft.github.io/debug-adapter-protocol/overview#initialization, again. */
  async #attachAgain(): Promise<void> {
    const [initialize, attach, done] = ['initialize', 'attach', 'configurationDone'].map((command) =>
      this.#state.requestOf(command),
    );
    if (initialize === undefined) return;
    await this.#request(initialize.command, initialize.arguments);
    if (attach === undefined) return;
    const initialized = new Promise<void>((resolve) => {
      this.#initialized = resolve;
    });
    const attached = this.#request(attach.command, attach.arguments);
    await initialized;
    for (const each of this.#state.breakpoints) {
      const { body = {} } = await this.#request(each.command, each.arguments);
      for (const breakpoint of this.#state.grantedAgain(each, body))
        this.#tell('breakpoint', { reason: 'changed', breakpoint });
    }
    if (done === undefined) return;
    await this.#request(done.command, done.arguments);
    await attached;
  }

  #request(command: string, given: Fields): Promise<AdapterMessage> {
    return new Promise((resolve) => {
      this.#send({ seq: 0, type: 'request', command, arguments: given }, resolve);
    });
  }

  /** From the editor. */
  #take(message: AdapterMessage): void {
    if (message.type !== 'request') return;
    this.#send(message, (answer) => {
      if (answer.success === true) this.#state.granted(message, answer.body ?? {});
      if (message.command === 'continue' && answer.success === true) this.#state.isStopped = false;
      this.#write({ ...answer, type: 'response', request_seq: message.seq, ...named(message.command) });
    });
  }

  #send(message: AdapterMessage, answer: Answer): void {
    const seq = (this.#toProgram += 1);
    this.#asked.set(seq, answer);
    writeMessage(this.#program, { ...forProgram(message, this.#version.paths), seq });
  }

  /** From the program. */
  #pass(message: AdapterMessage): void {
    if (message.type === 'response') {
      const answer = this.#asked.get(message.request_seq ?? 0);
      this.#asked.delete(message.request_seq ?? 0);
      answer?.(message);
    } else if (message.event === 'initialized' && this.#initialized !== undefined) {
      this.#initialized();
      this.#initialized = undefined;
    } else {
      this.#write(message.type === 'event' ? this.#state.happened(message) : message);
    }
  }

  #tell(event: string, body: Fields): void {
    this.#write({ seq: 0, type: 'event', event, body });
  }

  #write(message: AdapterMessage): void {
    writeMessage(this.#editor, { ...forEditor(message, this.#version.paths), seq: (this.#toEditor += 1) });
  }
}

const named = (command: string | undefined): Partial<AdapterMessage> => (command === undefined ? {} : { command });
