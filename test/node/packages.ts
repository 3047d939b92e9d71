import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { locked } from '../pod/fast-install/fast-pod.ts';
import { RESOURCES } from './functions.ts';

/** A handler that needs these packages, and answers with what is installed: how many files, and one hash of all of them. */
export const nodeHandler = (packages: readonly string[]): string => `
const { createHash } = require('node:crypto');
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
for (const name of ${JSON.stringify(packages)}) require(name);
exports.main = () => {
  const entries = readdirSync('/buildless/function/node_modules', { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return { files: files.length, sha256: hash.digest('hex') };
};`;

/**
 * The same for Python. It fails where a file is not what the RECORD of its package says (packaging.python.org, "Recording
 * installed projects"). The hash leaves out bytecode, which has the time of the installation in it.
 */
const pythonHandler = (modules: readonly string[]): string => `
import base64, csv, hashlib, importlib, os
from importlib.metadata import distributions

ROOT = '/buildless/function/.python-packages'
for name in ${JSON.stringify(modules)}:
    importlib.import_module(name)

def read(path):
    with open(os.path.join(ROOT, path), 'rb') as file:
        return file.read()

def main(event, context):
    for distribution in distributions(path=[ROOT]):
        for path, recorded, _ in csv.reader(distribution.read_text('RECORD').splitlines()):
            # Programs are not where RECORD has them: both installers move them into a target folder.
            if path.startswith('..'):
                continue
            digest = base64.urlsafe_b64encode(hashlib.sha256(read(path)).digest()).decode().rstrip('=')
            if recorded and recorded != f'sha256={digest}':
                raise ValueError(f'{path} is not what was installed')
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(ROOT) for name in names)
    files = [path for path in paths if not path.endswith('.pyc')]
    everything = hashlib.sha256()
    for path in files:
        everything.update(path.encode() + read(path))
    return {'files': len(files), 'sha256': everything.hexdigest()}
`;

const dependencies = { 'is-number': '7.0.0', lodash: '4.17.21' };

/** Locked, so that bun installs it. */
export const NODE_FILES = {
  'handler.js': nodeHandler(Object.keys(dependencies)),
  'package.json': JSON.stringify({ dependencies }),
  'package-lock.json': JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies },
      'node_modules/is-number': {
        version: '7.0.0',
        integrity: 'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==',
      },
      'node_modules/lodash': {
        version: '4.17.21',
        integrity: 'sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==',
      },
    },
  }),
} as const;

/** The same for Python and uv; one of the packages is compiled. */
export const pythonFiles = async (): Promise<Readonly<Record<string, string>>> => ({
  'handler.py': pythonHandler(['requests', 'jinja2', 'yaml']),
  'requirements.txt': await locked(['requests==2.32.3', 'jinja2==3.1.5', 'pyyaml==6.0.2'], '3.11'),
});

/**
 * A Pod by itself of the Function whose ConfigMap is called so.
 *
 * @param spec resources of the Pod as a whole; the container has its own if they are left out
 */
export const podOf = (
  name: string,
  source: string,
  annotations: Readonly<Record<string, string>>,
  { resources }: Pick<V1PodSpec, 'resources'> = {},
): V1Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { 'buildless.dev/function': source }, annotations: { ...annotations } },
  spec: {
    ...(resources !== undefined && { resources }),
    containers: [{ name: 'function', image: 'auto', ...(resources === undefined && { resources: RESOURCES }) }],
  },
});
