import type { V1Pod } from '@kubernetes/client-node';
import { locked } from '../pod/fast-install/fast-pod.ts';
import { RESOURCES } from './functions.ts';

const dependencies = { 'is-number': '7.0.0', lodash: '4.17.21' };

/** Locked, so that bun installs it; answers with the number of the files that are installed. */
export const NODE_FILES = {
  'handler.js': `
const { readdirSync } = require('node:fs');
for (const name of ['is-number', 'lodash']) require(name);
exports.main = () => readdirSync('/buildless/function/node_modules', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;`,
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

/** The same for Python and uv. */
export const pythonFiles = async (): Promise<Readonly<Record<string, string>>> => ({
  'handler.py': `
import os
import requests

def main(event, context):
    return sum(len(files) for _, _, files in os.walk('/buildless/function/.python-packages'))
`,
  'requirements.txt': await locked(['requests==2.32.3'], '3.11'),
});

/** A Pod by itself of the Function whose ConfigMap is called so. */
export const podOf = (name: string, source: string, annotations: Readonly<Record<string, string>>): V1Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { 'buildless.dev/function': source }, annotations: { ...annotations } },
  spec: { containers: [{ name: 'function', image: 'auto', resources: RESOURCES }] },
});
