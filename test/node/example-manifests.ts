import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../cluster/kubectl.ts';
import { answerOf, listen, packNpm, type Listening } from './registry.ts';

/** The author's own values, by what stands for them in an example. */
export type Values = Readonly<Record<string, string>>;

/** Of projects that the cluster of the node does not have: the Function is what runs there. */
const NOT_HERE = /^apiVersion: (?:gateway\.networking\.k8s\.io|eventing\.knative\.dev|keda\.sh)\//m;

/**
 * The text of an example with the author's own values in it, for a node that has the Python of its Debian: test/examples
 * runs these on the Python of whoever runs it, too.
 */
export function manifestOf(example: string, values: Values = {}): string {
  let manifest = readFileSync(path.join(ROOT, 'examples', example, 'function.yaml'), 'utf8');
  for (const [from, to] of Object.entries(values)) {
    if (!manifest.includes(from)) throw new Error(`examples/${example} has no ${from}`);
    manifest = manifest.replaceAll(from, to);
  }
  return manifest
    .replaceAll('python312', 'python311')
    .split('\n---\n')
    .filter((document) => !NOT_HERE.test(document))
    .join('\n---\n');
}

/** The registry of examples/private-registry: its package is for whoever has the token. */
export interface PrivateRegistry extends Listening {
  readonly values: Values;
}

/** @param address of this machine, where Pods reach it; that of the tests' node where it is left out */
export async function startPrivateRegistry(address?: string): Promise<PrivateRegistry> {
  const token = 'its-token';
  const greetings = packNpm('@acme/greetings', 'exports.greeting = (name) => `Greetings, ${name}`;');
  const registry = await listen((request, response) => {
    const allowed = request.headers.authorization === `Bearer ${token}`;
    const answer = allowed ? answerOf(greetings, request) : undefined;
    response.writeHead(allowed ? (answer === undefined ? 404 : 200) : 401).end(answer ?? '{}');
  }, address);
  return {
    ...registry,
    values: {
      'https://npm.example.com/': registry.url,
      '//npm.example.com/': registry.url.replace('http:', ''),
      'PUT-A-TOKEN-HERE': token,
    },
  };
}
