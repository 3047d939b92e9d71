import { stringify } from 'yaml';

/** Writes what a pipeline reads to standard output. */
export function writeData(value: object, form: 'json' | 'yaml'): void {
  process.stdout.write(
    form === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : stringify(value, { aliasDuplicateObjects: false }),
  );
}
