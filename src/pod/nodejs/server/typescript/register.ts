import { register } from 'node:module';

/** Makes Node load TypeScript where it does not by itself; costs a thread and 20 MB, so only for a handler that is TypeScript. */
export function supportTypeScript(file: string): void {
  if (!/\.[cm]?ts$/.test(file) || stripsTypes()) return;
  register(new URL('typescript-hooks.mjs', import.meta.url));
}

/** `process.features.typescript` is "strip" or "transform" where Node does it, and not there before 22.10. */
const stripsTypes = (): boolean => 'typescript' in process.features && Boolean(process.features.typescript);
