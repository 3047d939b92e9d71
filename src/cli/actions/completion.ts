import { SCRIPTS } from '../completion/scripts.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import type { Shell } from '../options/completion.ts';

/** `buildless completion`. */
export function printCompletionScript(shell: Shell): ExitStatus {
  process.stdout.write(SCRIPTS[shell]);
  return EXIT.done;
}
