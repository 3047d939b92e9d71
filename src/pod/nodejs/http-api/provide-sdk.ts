/**
 * Lets a handler `import` and `require` the module `sdk`, as in Kyma's nodejs26. A package of the Function with this name
 * comes first.
 */
import Module, { createRequire, register } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { addBunModule, isBun } from '../server/engine.ts';
import type { Settings } from '../server/settings.ts';
import { idleTracer, type Tracing } from '../server/tracing/tracing.ts';
import type { SdkFacts } from '../sdk/index.ts';

/** The name that handlers ask for. */
const NAME = 'sdk';
const MODULE = new URL('sdk.cjs', import.meta.url);

/** Before the handler is loaded. */
export function provideSdk(settings: Settings, tracing: Tracing | undefined): void {
  const { name = '', namespace = '', runtime = '', timeout, bodyLimit, publisher } = settings;
  const facts: SdkFacts = {
    name,
    namespace,
    runtime: runtime === '' ? 'nodejs26' : runtime,
    timeout,
    bodyLimit,
    publisher,
    tracer: () => tracing?.tracer ?? idleTracer(),
  };
  const sdk: unknown = createRequire(import.meta.url)(fileURLToPath(MODULE));
  if (!isSdk(sdk)) throw new Error('the bundled sdk is not itself');
  sdk.configure(facts);
  if (isBun) provideInBun(sdk, settings.folder);
  else if (!resolveInThread()) {
    resolveRequire();
    // In a thread of its own; a string, as a file would be one more to ship.
    register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
  }
}

const isSdk = (value: unknown): value is { configure(facts: SdkFacts): void } =>
  typeof value === 'object' && value !== null && 'configure' in value && typeof value.configure === 'function';

/** By a module of bun's runtime plugins (bun.com/docs/runtime/plugins), which takes precedence over packages. */
function provideInBun(sdk: object, folder: string): void {
  if (resolves(folder)) return;
  addBunModule(NAME, { ...sdk, default: sdk });
}

function resolves(folder: string): boolean {
  try {
    createRequire(path.join(folder, 'handler.js')).resolve(NAME);
    return true;
  } catch {
    return false;
  }
}

interface ResolvedModule {
  readonly url: string;
  readonly format?: string | null | undefined;
  readonly shortCircuit?: boolean;
}
type Resolve = (
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => ResolvedModule,
) => ResolvedModule;

/**
 * Node.js 22.15 and 23.5 have hooks that need no thread, for `import` and `require` alike.
 *
 * @returns whether this Node.js has them
 */
function resolveInThread(): boolean {
  const registerHooks: unknown = Reflect.get(Module, 'registerHooks');
  if (typeof registerHooks !== 'function') return false;
  const resolve: Resolve = (specifier, context, next) => {
    if (specifier !== NAME) return next(specifier, context);
    try {
      return next(specifier, context);
    } catch (error) {
      if (isMissing(error)) return { url: MODULE.href, format: 'commonjs', shortCircuit: true };
      throw error;
    }
  };
  Reflect.apply(registerHooks, Module, [{ resolve }]);
  return true;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND');

/** The same for `import` in older versions (nodejs.org/api/module.html#customization-hooks). */
const HOOKS = `export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (specifier !== ${JSON.stringify(NAME)} || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return { url: ${JSON.stringify(MODULE.href)}, format: 'commonjs', shortCircuit: true };
  }
}`;

/** The same for `require`: no hook of older versions sees it. */
function resolveRequire(): void {
  const resolveFilename: unknown = Reflect.get(Module, '_resolveFilename');
  if (typeof resolveFilename !== 'function') throw new Error('this Node.js resolves modules in another way');
  Reflect.set(Module, '_resolveFilename', (request: unknown, ...others: unknown[]): unknown => {
    try {
      const found: unknown = Reflect.apply(resolveFilename, Module, [request, ...others]);
      return found;
    } catch (error) {
      if (request === NAME && isMissing(error)) return fileURLToPath(MODULE);
      throw error;
    }
  });
}
