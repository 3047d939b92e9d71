import { EXIT, type ExitStatus } from '../exit.ts';
import type { SchemaName } from '../options/schema.ts';

/** `buildless schema`. */
export async function printSchema(which: SchemaName): Promise<ExitStatus> {
  const { annotationsSchema, configurationSchema } = await import('../../config/json-schema.ts');
  const schema = which === 'config' ? configurationSchema() : annotationsSchema();
  process.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
  return EXIT.done;
}
