import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Tests of the command and of the Pod's programs run what ships: build it once before all of them. */
export default function buildOnce(): void {
  // By `npm run verify`, which runs suites side by side.
  if (process.env.BUILDLESS_DIST_IS_BUILT === '1') return;
  const root = path.resolve(import.meta.dirname, '..');
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
}
