import picocolors from 'picocolors';
import type { Difference } from './differences.ts';
import { readableLines } from './log-line.ts';

/** Where a run tells what it does: a terminal, or anything that takes text. */
export interface Output {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

type Colour = 'cyan' | 'dim';

/** `quiet` leaves out what is only good to know. */
export type Detail = 'quiet' | 'usual' | 'verbose';

/** What a run prints: its own lines, and those of the containers with the name of each before them. */
export class Journal {
  readonly #output: Output;
  readonly #detail: Detail;
  readonly #colours: ReturnType<typeof picocolors.createColors>;

  constructor(output: Output, detail: Detail = 'usual') {
    this.#output = output;
    this.#detail = detail;
    this.#colours = picocolors.createColors(output.isTTY === true && process.env.NO_COLOR === undefined);
  }

  say(text: string): void {
    this.#output.write(`${text}\n`);
  }

  strong(text: string): void {
    this.say(this.#colours.bold(text));
  }

  aside(text: string): void {
    if (this.#detail !== 'quiet') this.say(this.#colours.dim(text));
  }

  /** What this machine does not reproduce: in one line, in full for whoever asks. */
  differences(differences: readonly Difference[]): void {
    if (this.#detail !== 'verbose') {
      const topics = differences.map(({ topic }) => topic).join(', ');
      this.aside(`Not as in the Pod: ${topics} (--verbose explains)`);
      return;
    }
    this.aside('This machine does not reproduce of the Pod:');
    for (const { text } of differences) this.aside(`  - ${text}`);
  }

  /** A printer for the lines of a container. They stay as they are where a program may read them. */
  linesOf(name: string, colour: Colour): (line: string) => void {
    const prefix = this.#colours[colour](`${name} |`);
    return (line) => {
      for (const each of this.#output.isTTY === true ? readableLines(line) : [line]) this.say(`${prefix} ${each}`);
    };
  }

  done(what: string, milliseconds: number): void {
    this.say(`${this.#colours.green(what)} ${this.#colours.dim(`(${durationOf(milliseconds)})`)}`);
  }

  failed(what: string, milliseconds: number): void {
    this.say(`${this.#colours.red(what)} ${this.#colours.dim(`(${durationOf(milliseconds)})`)}`);
  }
}

/** @example durationOf(1234) // '1.2 s' */
export const durationOf = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
