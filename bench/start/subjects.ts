import { readdirSync } from 'node:fs';
import type { V1ConfigMap, V1PodTemplateSpec } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { RUNTIMES, type Runtime } from '../../src/function/runtimes.ts';
import { kindOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { findTemplates } from '../../src/manifests/templates.ts';
import { manifestOf, type Values } from '../../test/node/example-manifests.ts';
import { sourceOf, templateOf } from '../../test/node/functions.ts';
import { hashedRequirements, npmLock, npmManifest, PYTHON_REQUIREMENTS } from '../measure/locked.ts';

/** A Function to start: the same for every contender. */
export interface Subject {
  readonly name: string;
  readonly runtime: Runtime;
  readonly files: Readonly<Record<string, string>>;
  /** What has to be there before its Pods: the ConfigMap with the files, Secrets. */
  readonly objects: readonly object[];
  /** Of its Pods, as the author writes it. */
  readonly template: V1PodTemplateSpec;
  /** The ConfigMap that has a lock beside the same files, for the contenders that install from one. */
  readonly locked?: string;
}

type Files = Subject['files'];

function subject(name: string, files: Files, objects: readonly object[], template: V1PodTemplateSpec): Subject {
  const runtime = RUNTIMES[template.metadata?.annotations?.[ANNOTATIONS.runtime] ?? ''];
  if (runtime === undefined) throw new Error(`${name} has no runtime`);
  return { name, runtime, files, objects, template };
}

/** An example as it is in the repository, but for what makes Pods of its template: that is the benchmark. */
function example(name: string, values: Values | undefined): Subject {
  const objects = parseAllDocuments(manifestOf(name, values)).map((document) => document.toJS() as KubernetesObject);
  const source: V1ConfigMap | undefined = objects.find((object) => kindOf(object) === 'ConfigMap');
  const [found] = objects.flatMap(findTemplates);
  if (source === undefined || found === undefined) throw new Error(`examples/${name} is not a Function`);
  const others = objects.filter((object) => findTemplates(object).length === 0);
  return subject(name, source.data ?? {}, others, found.template);
}

/** A Function of the benchmark's own. */
function measured(runtime: string, name: string, files: Files, lock: Files): Subject {
  const locked = `${name}-locked`;
  const objects = [sourceOf(name, files), sourceOf(locked, { ...files, ...lock })];
  return { ...subject(name, files, objects, templateOf(name, { runtime, files })), locked };
}

/** One is there to be refused (docs/dependency-policy.md), the other is never Ready without its broker. */
const NOT_STARTED: readonly string[] = ['floating', 'nats-consumer'];
/** The one that is also started several at once, and restarted. */
export const NPM_55 = 'npm-55';
/** Its handler ends the process there, as the trivial servers do. Python's handlers cannot end our server. */
const EXIT = "if (event.extensions?.request?.path === '/exit') process.exit(1);";

/**
 * Each example that runs, and what the figures of docs/performance.md have been about from the start: 55 packages for Node.js,
 * 14 for Python.
 *
 * @param values the author's own, by the example that needs some
 * @param tools folder with uv
 */
export const subjects = (values: Readonly<Record<string, Values>>, tools: string): readonly Subject[] => [
  ...readdirSync('examples')
    .filter((name) => !NOT_STARTED.includes(name))
    .map((name) => example(name, values[name])),
  measured(
    'nodejs22',
    NPM_55,
    {
      'handler.js': `const axios = require('axios'); exports.main = (event) => { ${EXIT} return typeof axios.get; };`,
      'package.json': npmManifest(),
    },
    { 'package-lock.json': npmLock() },
  ),
  measured(
    'python311',
    'pip-14',
    {
      'handler.py': 'import requests\n\ndef main(event, context):\n    return requests.__version__\n',
      'requirements.txt': `${PYTHON_REQUIREMENTS.join('\n')}\n`,
    },
    { 'requirements.txt': hashedRequirements(tools, '3.11') },
  ),
];
