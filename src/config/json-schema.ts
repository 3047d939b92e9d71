/** JSON Schemas for editors, from the same declarations by which Buildless reads. Loads zod (80 ms). */
import { APIS } from '../function/api.ts';
import * as z from 'zod';
import { ANNOTATIONS, FUNCTION_LABEL, ROLLOUT_LABEL, ROLLOUT_MODES } from '../function/keys.ts';
import { installerNames } from '../function/installers.ts';
import { DEFAULT_CONFIGURATION } from './defaults.ts';
import { CONFIGURATION_FILE } from './schema.ts';

/** What a check of our own accepts cannot be said in JSON Schema: there every text passes. */
export const configurationSchema = (): object => ({
  ...z.toJSONSchema(CONFIGURATION_FILE, { io: 'input', unrepresentable: 'any' }),
  title: 'Configuration of Buildless',
});

const text = (description: string, more: object = {}): object => ({ type: 'string', description, ...more });

/** Names are those of the built-in configuration: a cluster may have more, so they are examples. */
const named = (description: string, names: readonly string[]): object => text(description, { examples: names });

type AnnotationName = keyof typeof ANNOTATIONS;

const PROPERTIES: Readonly<Record<AnnotationName, object>> = {
  mode: text('"disabled": the Pod runs its own image.', { enum: ['buildless', 'disabled'] }),
  runtime: named('Language and version; required.', Object.keys(DEFAULT_CONFIGURATION.runtimes)),
  source: text('Where the code is; default: the ConfigMap with the name of the Function.', {
    examples: [
      'hello',
      'configmap:handler+lib',
      'git+https://HOST/PATH?ref=COMMIT&dir=DIR',
      'image:REGISTRY/NAME@DIGEST',
    ],
  }),
  sourceAuth: text('Secret with the credentials of a Git source.'),
  handler: text('FILE.EXPORT; default: handler.main.', { default: 'handler.main' }),
  container: text("Name of the Function's container if there are several."),
  api: text('Arguments of the handler: main(event, context), or the request of Express; default: event.', {
    enum: APIS,
  }),
  profile: named('Resource preset.', Object.keys(DEFAULT_CONFIGURATION.profiles)),
  registry: text('Secret with .npmrc or pip.conf.'),
  installer: named('Program that installs the dependencies; default: auto.', ['auto', ...installerNames()]),
  installScripts: text('Whether programs of packages may run while they are installed.', { enum: ['allow', 'deny'] }),
  cache: text('PersistentVolumeClaim that keeps downloaded packages.'),
};

const KEYS: Readonly<Record<string, string>> = ANNOTATIONS;

/** Of the `metadata` of a Pod template. */
export const annotationsSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Labels and annotations of a Function',
  type: 'object',
  properties: {
    labels: {
      type: 'object',
      required: [FUNCTION_LABEL],
      properties: {
        [FUNCTION_LABEL]: text("The Function's name: a DNS label.", {
          pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
        }),
        [ROLLOUT_LABEL]: text('Of a workload: whether an edit of the source starts a rollout.', {
          enum: ROLLOUT_MODES,
        }),
      },
    },
    annotations: {
      type: 'object',
      required: [ANNOTATIONS.runtime],
      properties: Object.fromEntries(Object.entries(PROPERTIES).map(([name, schema]) => [KEYS[name] ?? name, schema])),
    },
  },
});
