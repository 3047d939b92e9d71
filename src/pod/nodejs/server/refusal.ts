/** A request that never reaches the handler, with the answer it gets. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly reason: string,
  ) {}
}
