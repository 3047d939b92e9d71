import { parseArgs, type ParseArgsConfig } from 'node:util';

export interface BenchOptions {
  /** Fewer and shorter rounds: to see that it works, not for figures. */
  readonly quick: boolean;
  readonly json: boolean;
  /** Switches of one benchmark, by name. */
  readonly given: ReadonlySet<string>;
}

/**
 * Reads what every benchmark understands: `--quick`, `-o json|markdown`, and switches of its own. What it does not know is
 * for another benchmark of the same run.
 */
export function benchOptions(...switches: readonly string[]): BenchOptions {
  const own: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    switches.map((name) => [name, { type: 'boolean' }]),
  );
  const { values } = parseArgs({
    strict: false,
    options: { quick: { type: 'boolean' }, output: { type: 'string', short: 'o' }, ...own },
  });
  return {
    quick: values.quick === true,
    json: values.output === 'json',
    given: new Set(switches.filter((name) => values[name] === true)),
  };
}
