import { isObject } from '../kubernetes/object.ts';
import { findNpm } from '../pod/nodejs/install/npm-program.ts';
import { findNode, OLDEST_NODE } from '../standalone/node-program.ts';
import type { LockFailure } from './lock.ts';
import { addressesIn } from './resolver.ts';
import type { ToolContext } from './tool-context.ts';
import { runTool } from './tool.ts';

/** npm, and the Node.js that runs it. */
export interface NpmTools {
  readonly node: string;
  /** npm-cli.js. */
  readonly script: string;
  /** Of npm. */
  readonly version: string;
}

export async function findNpmTools({ environment }: Pick<ToolContext, 'environment'>): Promise<NpmTools | LockFailure> {
  const searchPath = environment.PATH ?? '';
  const [npm, node] = [await findNpm(searchPath), await findNode(searchPath)];
  if (npm === undefined || node === undefined) {
    const missing = node === undefined ? `Node.js ${OLDEST_NODE.join('.')} or newer` : 'npm';
    return { problem: `${missing} was not found`, fix: 'install Node.js with npm, and put both on the PATH' };
  }
  return { node: node.command, ...npm };
}

/** Every address in npm's settings: those of scopes and proxies are registries to connect to as well. */
export async function npmRegistries(
  { node, script }: NpmTools,
  folder: string,
  context: ToolContext,
): Promise<readonly string[]> {
  const { stdout } = await runTool(node, [script, 'config', 'list', '--json'], folder, context);
  const settings: unknown = JSON.parse(stdout === '' ? '{}' : stdout);
  return Object.entries(isObject(settings) ? settings : {}).flatMap(([key, value]) =>
    /(?:registry|proxy)$/.test(key) && typeof value === 'string' ? addressesIn(value) : [],
  );
}
