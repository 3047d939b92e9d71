import { execFile } from 'node:child_process';
import { COMMAND } from './command.ts';

/** A pseudo terminal around a command, which is answered once, when this text is shown. */
const PROGRAM = `
import os, pty, sys
question, answer, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
output = b""
answered = False
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    output += piece
    if not answered and question.encode() in output:
        os.write(terminal, answer.encode())
        answered = True
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(output)
sys.exit(os.waitstatus_to_exitcode(status))
`;

/** Runs the built command as on a terminal. */
export function onTerminal(
  args: readonly string[],
  { question, answer }: { readonly question: string; readonly answer: string },
): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve) => {
    const python = ['-I', '-c', PROGRAM, question, answer, process.execPath, COMMAND, ...args];
    const child = execFile('python3', python, (error, stdout) => {
      resolve({ status: error === null ? 0 : Number(child.exitCode), output: stdout.replaceAll('\r\n', '\n') });
    });
  });
}
