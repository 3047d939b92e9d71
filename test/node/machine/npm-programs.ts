import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Puts the program `node` of a version at a path, from npm's packages of it. */
export function unpackNode(version: string, target: string): void {
  inFolder((folder) => {
    unpackPackage(`node-linux-${process.arch}@${version}`, folder);
    copyFileSync(path.join(folder, 'bin/node'), target);
    chmodSync(target, 0o755);
  });
}

/** Puts the content of a package of npm's registry, such as `npm@11.0.0`, into a folder. */
export function unpackPackage(spec: string, target: string): void {
  inFolder((folder) => {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, spec], { stdio: 'pipe' });
    const [archive = ''] = readdirSync(folder);
    execFileSync('tar', ['-xzf', path.join(folder, archive), '-C', target, '--strip-components=1', '--no-same-owner']);
  });
}

/** Gives a new folder to work in, and removes it. */
export function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-image-'));
  chmodSync(folder, 0o755);
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
