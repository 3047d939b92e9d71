import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';

const LIBRARY = 'libnss_wrapper.so';

/**
 * Environment in which this process' user has a name. ssh refuses to run for a user that has none, and a Pod may run as
 * any user. nss_wrapper (cwrap.org/nss_wrapper.html), which the toolkit image carries, answers from a file instead of
 * /etc/passwd; where it is missing, ssh says what is wrong and failure.ts explains it.
 */
export async function environmentWithUserName(scratch: string): Promise<Readonly<Record<string, string>>> {
  const library = hasName() ? undefined : findLibrary();
  if (library === undefined) return {};
  const uid = String(process.getuid?.());
  const gid = String(process.getgid?.());
  const passwd = path.join(scratch, 'passwd');
  const known = await readFile('/etc/passwd', 'utf8').catch(() => '');
  await writeFile(passwd, `${known.trimEnd()}\nfunction:x:${uid}:${gid}::${scratch}:/sbin/nologin\n`);
  return { LD_PRELOAD: library, NSS_WRAPPER_PASSWD: passwd, NSS_WRAPPER_GROUP: '/etc/group' };
}

function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

/** Debian keeps libraries in a folder for each architecture. */
function findLibrary(): string | undefined {
  const multiarch = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu')) : [];
  const folders = [...multiarch.map((name) => path.join('/usr/lib', name)), '/usr/lib64', '/usr/lib', '/usr/local/lib'];
  return folders.map((folder) => path.join(folder, LIBRARY)).find((file) => existsSync(file));
}
