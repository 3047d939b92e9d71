import type { Shell } from '../commands/completion.ts';
import { SCRIPTS } from '../completion/scripts.ts';
import { EXIT, type ExitStatus } from '../exit.ts';

/** `buildless completion`. */
export function printCompletionScript(shell: Shell): ExitStatus {
  process.stdout.write(SCRIPTS[shell]);
  return EXIT.done;
}
