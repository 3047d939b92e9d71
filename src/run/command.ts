import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1Container } from '@kubernetes/client-node';
import type { Runtime } from '../function/runtimes.ts';
import { PREPARE_COMMAND } from '../function/toolkit.ts';
import { isEmpty } from '../kubernetes/unset.ts';
import { expand } from './expansion.ts';
import { RUNNING } from './languages.ts';
import type { Interpreter } from './languages/row.ts';
import type { PathMap } from './path-map.ts';

/** What runs a container's program here, and by which names containers call it. */
interface Interpreted {
  readonly runtime: Runtime;
  readonly interpreter: Interpreter;
  readonly names: ReadonlySet<string>;
}

/**
 * What a container runs here: command and args as the kubelet expands them, with paths of this machine.
 *
 * @returns undefined if only the image knows its command
 */
export function commandOf(
  container: V1Container,
  environment: ReadonlyMap<string, string>,
  paths: PathMap,
  { runtime, interpreter, names }: Interpreted,
): { readonly command: string; readonly args: readonly string[] } | undefined {
  const words = (list: readonly string[] | undefined): string[] =>
    (list ?? []).map((word) => paths.rewrite(expand(word, environment)));
  const [command, ...args] = [...words(withNode(container.command)), ...words(container.args)];
  if (command === undefined) return undefined;
  if (isEmpty(container.command)) {
    if (container.image !== runtime.image) return undefined;
    if (RUNNING.of(runtime.language).takesArgument?.(command) === true)
      return { command: interpreter.command, args: [command, ...args] };
  }
  return { command: names.has(command) || isPrepare(container.command) ? interpreter.command : command, args };
}

/** `buildless-prepare` runs on the toolkit's bun; on this machine Node.js runs it. */
function withNode(command: readonly string[] | undefined): readonly string[] | undefined {
  return isPrepare(command) ? ['node', ...command.slice(PREPARE_COMMAND.length - 1)] : command;
}

const isPrepare = (command: readonly string[] | undefined): command is readonly string[] =>
  command !== undefined && PREPARE_COMMAND.every((word, index) => command[index] === word);

/**
 * Makes a folder for the PATH in which the interpreter has the names that it has in the runtime's image: for commands such
 * as `sh -c "python main.py"`.
 */
export async function makeInterpreterFolder(
  folder: string,
  names: ReadonlySet<string>,
  interpreter: Interpreter,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    const file = path.join(folder, path.basename(name));
    // Not a link: a Python in a virtual environment finds its packages by the path it is called with.
    await writeFile(file, `#!/bin/sh\nexec '${interpreter.command.replaceAll("'", String.raw`'\''`)}' "$@"\n`);
    await chmod(file, 0o755);
  }
}

/**
 * The names by which a runtime's image calls its interpreter.
 *
 * @param engine that this machine has as well: then the other names are those of the language's own interpreter
 */
export const interpreterNames = (
  { language, interpreter, version }: Runtime,
  engine: Interpreter | undefined,
): ReadonlySet<string> =>
  new Set([interpreter, ...(engine === undefined ? RUNNING.of(language).interpreterNames(version) : [])]);
