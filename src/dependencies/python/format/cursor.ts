/** Why a string is not what it should be, and at which offset. */
export class SyntaxProblem {
  constructor(
    readonly problem: string,
    readonly offset: number,
  ) {}
}

/** A place in a string that only moves on. */
export class Cursor {
  at = 0;

  constructor(readonly text: string) {}

  /** Tokens of `packaging` know two kinds of white space only. */
  skipSpace(): boolean {
    const start = this.at;
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
    return this.at > start;
  }

  take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  /** @param pattern sticky */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  ended(): boolean {
    return this.at === this.text.length;
  }

  problem(message: string): SyntaxProblem {
    return new SyntaxProblem(message, this.at);
  }
}
