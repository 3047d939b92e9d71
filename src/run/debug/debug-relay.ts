import { once } from 'node:events';
import type { Server } from 'node:net';
import type { AuthoredPaths } from '../authored-paths.ts';

/** A version of a Function as a debugger finds it. */
export interface DebuggedVersion {
  /** Where its program waits for a debugger, on the loopback. */
  readonly port: number;
  /** The debugger knows the author's files, the program their copies. */
  readonly paths: AuthoredPaths;
}

/**
 * Owns the port at which a debugger looks for a Function, and passes its sessions to the version that serves. Versions overlap,
 * and only one of them could listen there.
 */
export interface DebugRelay {
  readonly port: number;
  /**
   * Moves the open sessions to another version, with their breakpoints; a program that waits at a breakpoint of the version
   * before goes on.
   *
   * @returns when the breakpoints are set there
   */
  readonly switchTo: (version: DebuggedVersion) => Promise<void>;
  readonly close: () => void;
}

export const LOOPBACK = '127.0.0.1';

/** A session that cannot move ends, and its debugger attaches again; an edit does not wait longer for it. */
export const MOVE_MILLISECONDS = 10_000;

/**
 * @param wanted 0 for any that is free
 * @returns the port; undefined if it is taken, or not this user's to take
 */
export async function listenAt(server: Server, wanted: number): Promise<number | undefined> {
  try {
    server.listen(wanted, LOOPBACK);
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : wanted;
  } catch {
    return undefined;
  }
}

/** The sessions that are open, which move together. */
export class Sessions<
  T extends { readonly moveTo: (version: DebuggedVersion) => Promise<void>; readonly close: () => void },
> {
  readonly #open = new Set<T>();
  /** The version that serves; undefined before the first. */
  version: DebuggedVersion | undefined;

  add(session: T): void {
    this.#open.add(session);
  }

  delete(session: T): void {
    this.#open.delete(session);
  }

  async moveTo(version: DebuggedVersion): Promise<void> {
    if (this.version?.port === version.port) return;
    this.version = version;
    await Promise.all([...this.#open].map((session) => session.moveTo(version)));
  }

  close(): void {
    for (const session of this.#open) session.close();
  }
}
