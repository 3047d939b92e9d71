import { lookup } from 'node:dns/promises';
import { engineOf } from '../function/engine.ts';
import type { LanguageRuntime } from '../function/languages/traits.ts';
import type { Language } from '../function/languages.ts';
import type { Runtime } from '../function/runtimes.ts';
import { findNode, type NodeProgram } from '../standalone/node-program.ts';
import { RUNNING } from './languages.ts';
import type { Interpreter } from './languages/row.ts';

const LOOKUP_MILLISECONDS = 2000;

/**
 * What this machine has. Each question starts a program or asks the network, and an edit must not wait for it again: what
 * was found is remembered, what was not is looked for again, as somebody may have installed it.
 */
export class Machine {
  readonly #searchPath: string;
  readonly #interpreters = new Map<string, Interpreter>();
  readonly #engines = new Map<string, Interpreter>();
  #node: NodeProgram | undefined;
  readonly #hosts = new Map<string, Promise<boolean>>();

  /** @param searchPath folders with programs, as in PATH */
  constructor(searchPath: string) {
    this.#searchPath = searchPath;
  }

  async node(): Promise<NodeProgram | undefined> {
    this.#node ??= await findNode(this.#searchPath);
    return this.#node;
  }

  async interpreter(runtime: LanguageRuntime & { readonly language: Language }): Promise<Interpreter | undefined> {
    const key = `${runtime.language} ${runtime.version}`;
    const found =
      this.#interpreters.get(key) ?? (await RUNNING.of(runtime.language).findInterpreter(runtime, this.#searchPath));
    if (found !== undefined) this.#interpreters.set(key, found);
    return found;
  }

  /** What this machine has of the program that runs a runtime in place of its language's interpreter. */
  async engine(runtime: Pick<Runtime, 'language' | 'interpreter'>): Promise<Interpreter | undefined> {
    const engine = engineOf(runtime);
    const find = engine === undefined ? undefined : RUNNING.of(runtime.language).findEngine?.[engine.command];
    if (engine === undefined || find === undefined) return undefined;
    const found = this.#engines.get(engine.command) ?? (await find(this.#searchPath));
    if (found !== undefined) this.#engines.set(engine.command, found);
    return found;
  }

  /** Whether it knows the host of an address; a string that is not an address is the server's to refuse. */
  finds(address: string): Promise<boolean> {
    if (!URL.canParse(address)) return Promise.resolve(true);
    const host = new URL(address).hostname.replace(/^\[(.*)\]$/, '$1');
    const known = this.#hosts.get(host) ?? isKnown(host);
    this.#hosts.set(host, known);
    return known;
  }
}

async function isKnown(host: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, LOOKUP_MILLISECONDS);
  });
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  return await Promise.race([found, late]).finally(() => {
    clearTimeout(timer);
  });
}
