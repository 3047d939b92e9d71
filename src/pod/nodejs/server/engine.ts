/** What Bun has in place of an engine's own tools: it runs Node.js' modules on JavaScriptCore, without V8's flags and without hooks. */
import { apply } from './originals.ts';

/** Bun's own object; undefined on Node.js (bun.com/docs/runtime/utils). */
const bun: unknown = Reflect.get(globalThis, 'Bun');

export const isBun = typeof bun === 'object' && bun !== null;

/** Collects what nothing can reach, before it returns; undefined on Node.js. */
export const collectInBun: (() => void) | undefined = bunCollector();

function bunCollector(): (() => void) | undefined {
  const gc: unknown = typeof bun === 'object' && bun !== null ? Reflect.get(bun, 'gc') : undefined;
  if (typeof gc !== 'function') return undefined;
  return () => {
    apply(gc, bun, [true]);
  };
}

interface PluginBuilder {
  module(name: string, load: () => { readonly exports: object; readonly loader: 'object' }): unknown;
}

/** Lets `import` and `require` find an object by a name. */
export function addBunModule(name: string, exports: object): void {
  const plugin: unknown = typeof bun === 'object' && bun !== null ? Reflect.get(bun, 'plugin') : undefined;
  if (typeof plugin !== 'function') throw new Error('this bun has no plugins');
  const setup = (build: PluginBuilder): void => {
    build.module(name, () => ({ exports, loader: 'object' }));
  };
  apply(plugin, bun, [{ name, setup }]);
}
