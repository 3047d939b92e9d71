/** What the concerns have to know of Toy to inject, prepare and run its Functions; nobody locks or resolves it. */
import { execFileSync } from 'node:child_process';
import { LOCK_FILES } from '../../src/dependencies/lock-files.ts';
import { DEPENDENCIES } from '../../src/dependencies/languages.ts';
import { WHY_NOT } from '../../src/installers/languages.ts';
import { PREPARATIONS } from '../../src/pod/prepare/languages.ts';
import { RUNNING } from '../../src/run/languages.ts';
import { TOY } from './traits.ts';

DEPENDENCIES.add(TOY, {
  judge: (files) => {
    const wanted = files.get('toys.txt');
    if (wanted === undefined || wanted.byteLength === 0) return { findings: [] };
    const [problem, fix] = ['Toy has no packages', 'remove the file'];
    return { findings: [{ code: 'dependencies-invalid', level: 'no-latest', file: 'toys.txt', problem, fix }] };
  },
  unreadable: () => [],
  hasDependencies: () => false,
  isLockedOtherwise: () => false,
  needingScripts: () => [],
  contents: () => [],
  lockedVersions: () => [],
});
LOCK_FILES.add(TOY, { file: 'toys.lock', authors: ['toys.lock'], isRead: () => false, libcs: [] });
WHY_NOT.add(TOY, {});
PREPARATIONS.add(TOY, { installers: {}, bringsPackages: () => false });
RUNNING.add(TOY, {
  // Its interpreter is the Python of this machine.
  findInterpreter: (_, PATH) => {
    const question = 'import sys; print(sys.executable)';
    const command = execFileSync('python3', ['-c', question], { encoding: 'utf8', env: { PATH } }).trim();
    return Promise.resolve({ command, version: '1', same: true });
  },
  needs: 'Toy',
  interpreterNames: () => [],
  installs: (_, text) => text,
  debugPort: 0,
  openDebugRelay: () => Promise.resolve(undefined),
  openToDebugger: (own) => Promise.resolve(own),
});
