import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The pip whose reading counts; images of Python 3.11 to 3.14 have 24 to 26. */
const PIP = 'pip==26.3';

/** A pip of its own in a folder, asked by pip_oracle.py. */
export class PipOracle {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'pip-oracle-'));

  constructor() {
    execFileSync(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--target', this.folder, PIP],
      { stdio: 'pipe', env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore' } },
    );
    if (!existsSync(path.join(this.folder, 'pip'))) throw new Error(`${PIP} was not installed`);
  }

  /** Answers in the order of the questions. */
  async ask<Answer>(questions: readonly object[]): Promise<readonly Answer[]> {
    const output = await new Promise<string>((resolve, reject) => {
      const child = execFile(
        'python3',
        ['-I', path.join(import.meta.dirname, 'pip_oracle.py'), this.folder],
        // Variables that pip would put into a file are none of the machine's.
        { maxBuffer: 64 * 1024 * 1024, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(stderr));
        },
      );
      child.stdin?.end(JSON.stringify(questions));
    });
    const answers: unknown = JSON.parse(output);
    return answers as readonly Answer[];
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
