/** What a terminal shows, and when: commands as somebody types them, and what they print. */

import { stripVTControlCharacters } from 'node:util';

export type Style = 'command' | 'added' | 'removed' | 'file' | 'error' | 'output';

export interface Shown {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly style: Style;
  readonly text: string;
}

/** Nobody wants to watch an installation. */
const LONGEST_PAUSE = 0.8;
const READING = 0.5;
const TYPING_SECONDS_PER_CHARACTER = 0.02;
const MOST_LINES = 12;
export class Recording {
  readonly shown: Shown[] = [];
  readonly #scrub: (text: string) => string;
  #clock = 0;
  #last = performance.now();
  #rest = '';
  #lines = 0;
  #hidden = false;

  /** @param scrub takes out what only this machine has */
  constructor(scrub: (text: string) => string) {
    this.#scrub = scrub;
  }

  /** @param hidden it prints more than anybody reads: neither it nor its output is shown */
  command(command: string, hidden: boolean): void {
    this.#flush();
    this.#hidden = hidden;
    this.#lines = 0;
    if (hidden) return;
    this.#clock += READING;
    this.#add('command', `$ ${command}`);
    this.#clock += command.length * TYPING_SECONDS_PER_CHARACTER;
    this.#last = performance.now();
  }

  edit(file: string, removed: readonly string[], added: readonly string[]): void {
    this.#flush();
    this.#clock += READING;
    this.#add('file', `-- ${file}`);
    for (const line of removed) this.#add('removed', `- ${line}`);
    this.#clock += READING;
    for (const line of added) this.#add('added', `+ ${line}`);
    this.#clock += READING;
    this.#lines = 0;
    this.#last = performance.now();
  }

  output(chunk: string): void {
    if (this.#hidden) return;
    const now = performance.now();
    this.#clock += Math.min((now - this.#last) / 1000, LONGEST_PAUSE);
    this.#last = now;
    const lines = (this.#rest + chunk.replaceAll('\r\n', '\n')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** @returns how long it takes in all, in seconds */
  end(): number {
    this.#flush();
    return this.#clock;
  }

  #flush(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  #line(line: string): void {
    // What a progress bar has written over.
    const text = stripVTControlCharacters(line.slice(line.lastIndexOf('\r') + 1)).trimEnd();
    if (text.startsWith('Session terminated')) return;
    this.#lines += 1;
    if (this.#lines === MOST_LINES + 1) this.#add('output', '...');
    if (this.#lines <= MOST_LINES) this.#add(text.startsWith('error:') ? 'error' : 'output', text);
  }

  #add(style: Style, text: string): void {
    this.shown.push({ at: Math.round(this.#clock * 100) / 100, style, text: this.#scrub(text) });
  }
}
