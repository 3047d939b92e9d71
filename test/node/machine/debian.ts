import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
/** What no Function needs of what packages depend on: their own installation. */
const LEFT_OUT = /^(perl|libperl|debconf|cdebconf|dpkg|tar$|install-info|gcc-\d+-base|mailcap|libnewt|libslang)/;

/**
 * Makes the root folder of an image from Debian packages and all that they depend on: downloaded and unpacked, not installed,
 * which is all that programs and libraries need. A busybox serves as shell, as stock images have one, and the CA bundle is
 * this machine's own.
 */
export function debianRoot(folder: string, packages: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  // Packages of Debian 12 hold files in /bin and /lib, and the merged /usr takes them.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(path.join(folder, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, path.join(folder, name));
  }
  const downloads = mkdtempSync(`${folder}-packages-`);
  try {
    const names = withDependencies(['libc6', 'libstdc++6', 'busybox-static', ...packages]);
    // As root apt would download as a user who may not write here, and warn of it.
    execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', '-qq', 'download', ...names], { cwd: downloads });
    for (const file of readdirSync(downloads)) {
      execFileSync('sh', [
        '-c',
        'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2" --exclude=./usr/share/doc --exclude=./usr/share/man',
        'sh',
        path.join(downloads, file),
        folder,
      ]);
    }
  } finally {
    rmSync(downloads, { recursive: true });
  }
  for (const applet of execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    try {
      symlinkSync('busybox', path.join(folder, 'usr/bin', applet));
    } catch {
      // A package has the program itself.
    }
  }
  mkdirSync(path.join(folder, 'tmp'), { recursive: true, mode: 0o1777 });
  execFileSync('chmod', ['1777', path.join(folder, 'tmp')]);
  mkdirSync(path.join(folder, path.dirname(CA_BUNDLE)), { recursive: true });
  cpSync(CA_BUNDLE, path.join(folder, CA_BUNDLE), { dereference: true });
  const users = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/:/bin/sh'];
  writeFileSync(path.join(folder, 'etc/passwd'), `${users.join('\n')}\n`);
  writeFileSync(path.join(folder, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  writeFileSync(path.join(folder, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

function withDependencies(packages: readonly string[]): readonly string[] {
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  );
  const listed = execFileSync('apt-cache', ['depends', '--recurse', ...without, ...packages], { encoding: 'utf8' });
  const names = listed.split('\n').filter((line) => /^[a-z0-9]/.test(line) && !LEFT_OUT.test(line));
  const unique = [...new Set(names)];
  // Only what has a candidate: a virtual package has nothing to download.
  const policies = execFileSync('apt-cache', ['policy', ...unique], { encoding: 'utf8' });
  return Array.from(policies.matchAll(/^(\S+):\n.*\n {2}Candidate: (?!\(none\))/gm), ([, name = '']) => name);
}

/** What makes programs of an image trust the certificates that this machine trusts. */
export const TRUST = [
  `NODE_EXTRA_CA_CERTS=${CA_BUNDLE}`,
  `PIP_CERT=${CA_BUNDLE}`,
  `SSL_CERT_FILE=${CA_BUNDLE}`,
  `GIT_SSL_CAINFO=${CA_BUNDLE}`,
] as const;
