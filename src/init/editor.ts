/** What Visual Studio Code needs: a debugger for `buildless run --inspect`, and the schema of the annotations. */
import { annotationsSchema } from '../config/json-schema.ts';
import { WORKLOAD_FILE } from './manifests.ts';
import type { NewFiles, NewFunctionRow } from './languages/row.ts';

const SCHEMA = '.vscode/buildless.schema.json';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const editorFiles = ({ attach }: Pick<NewFunctionRow, 'attach'>): NewFiles => ({
  '.vscode/launch.json': json({
    version: '0.2.0',
    configurations: [{ name: 'Attach to "buildless run --inspect"', ...attach }],
  }),
  // By https://marketplace.visualstudio.com/items?itemName=redhat.vscode-yaml
  '.vscode/settings.json': json({ 'yaml.schemas': { [`./${SCHEMA}`]: WORKLOAD_FILE } }),
  '.vscode/extensions.json': json({ recommendations: ['redhat.vscode-yaml'] }),
  [SCHEMA]: json(workloadSchema()),
});

/** The schema of a Pod template's metadata, where a Deployment and a CronJob have it. */
function workloadSchema(): unknown {
  const { $schema, ...metadata }: Readonly<Record<string, unknown>> = { ...annotationsSchema() };
  const within = (path: readonly string[]): unknown =>
    path.reduceRight<unknown>((inner, field) => ({ properties: { [field]: inner } }), { $ref: '#/$defs/metadata' });
  const ofKind = (kind: string, path: readonly string[]): unknown => ({
    if: { required: ['kind'], properties: { kind: { const: kind } } },
    then: within(path),
  });
  return {
    $schema,
    $defs: { metadata },
    allOf: [
      ofKind('Deployment', ['spec', 'template', 'metadata']),
      ofKind('CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'metadata']),
    ],
  };
}
