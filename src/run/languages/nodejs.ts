import { findNode, OLDEST_NODE } from '../../standalone/node-program.ts';
import { isJsonObject } from '../../json/object.ts';
import { findBun } from '../bun-program.ts';
import { isVersion, type RunRow } from './row.ts';

export const NODEJS: RunRow = {
  isNode: true,
  // The one that runs this, or is on the PATH if this is the file without Node.js.
  findInterpreter: async ({ version }, searchPath) => {
    const node = await findNode(searchPath);
    return node && { ...node, same: isVersion(node.version, version) };
  },
  findEngine: { bun: findBun },
  needs: `Node.js ${OLDEST_NODE.join('.')} or newer with npm`,
  interpreterNames: () => ['node', 'nodejs'],
  // Options go to node.
  takesArgument: (argument) => argument.startsWith('-'),
  installs: (_, text) => withoutFields(text),
  // Of Node's own inspector.
  debugPort: 9229,
  openDebugRelay: async (port) => (await import('../debug/inspector-relay.ts')).InspectorRelay.open(port),
  openToDebugger: (own, _, port) => {
    const { program } = own;
    // Its address is the relay's to print.
    const inspect = `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`;
    const NODE_OPTIONS = [program.env.NODE_OPTIONS, inspect].filter(Boolean).join(' ');
    return Promise.resolve({ ...own, program: { ...program, env: { ...program.env, NODE_OPTIONS } } });
  },
};

/** Fields of package.json that no installer reads if the scripts of packages are not run. https://docs.npmjs.com/cli/configuring-npm/package-json */
const NOT_INSTALLED: ReadonlySet<string> = new Set([
  ...['description', 'version', 'scripts', 'keywords', 'author', 'contributors', 'license', 'homepage', 'bugs'],
  ...[
    'repository',
    'funding',
    'private',
    'main',
    'module',
    'types',
    'type',
    'exports',
    'imports',
    'files',
    'sideEffects',
  ],
]);

/** package.json as far as it counts; the text itself if it cannot be read. */
function withoutFields(text: string): string {
  try {
    const manifest: unknown = JSON.parse(text);
    if (!isJsonObject(manifest)) return text;
    return JSON.stringify(Object.entries(manifest).filter(([field]) => !NOT_INSTALLED.has(field)));
  } catch {
    return text;
  }
}
