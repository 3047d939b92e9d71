import { parseArgs, type ParseArgsConfig } from 'node:util';

export interface BenchOptions {
  /** Fewer and shorter rounds: to see that it works, not for figures. */
  readonly quick: boolean;
  readonly json: boolean;
  /** The Node.js that is measured, where a benchmark can take another than the one that runs it. */
  readonly node: string;
  /** Switches of one benchmark, by name. */
  readonly given: ReadonlySet<string>;
}

/**
 * Reads what every benchmark understands: `--quick`, `-o json|markdown`, `--node PATH`, and switches of its own. What it does not know is
 * for another benchmark of the same run.
 */
export function benchOptions(...switches: readonly string[]): BenchOptions {
  const own: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    switches.map((name) => [name, { type: 'boolean' }]),
  );
  const { values } = parseArgs({
    strict: false,
    options: { quick: { type: 'boolean' }, output: { type: 'string', short: 'o' }, node: { type: 'string' }, ...own },
  });
  return {
    quick: values.quick === true,
    json: values.output === 'json',
    node: typeof values.node === 'string' ? values.node : process.execPath,
    given: new Set(switches.filter((name) => values[name] === true)),
  };
}

/** The value of an option of one benchmark, `--NAME VALUE`; undefined if it is not given. */
export function benchValue(name: string): string | undefined {
  const value = parseArgs({ strict: false, options: { [name]: { type: 'string' } } }).values[name];
  return typeof value === 'string' ? value : undefined;
}
