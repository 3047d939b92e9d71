/**
 * A file for a secret that a program wants to open by its name. It has a name only while it is empty: what is written into
 * it can be reached through this process alone (proc(5), /proc/PID/fd), and is gone with it, whatever ends it. A file with a
 * name would stay after SIGKILL, below /tmp or /buildless, where the Function looks.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SecretFile {
  /** For programs of this user, as long as it is not closed. */
  readonly path: string;
  readonly close: () => Promise<void>;
}

/** The memory of the Pod, if there is one; a file without a name does no harm on a disk either. */
const FOLDERS = ['/dev/shm'];

/** @param folders to try before the one for temporary files */
export async function openSecretFile(text: string, folders: readonly string[] = FOLDERS): Promise<SecretFile> {
  const file = await openNameless([...folders, tmpdir()]);
  try {
    await file.writeFile(text);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { path: `/proc/${process.pid}/fd/${file.fd}`, close: () => file.close() };
}

async function openNameless([folder = tmpdir(), ...others]: readonly string[]): Promise<FileHandle> {
  const name = path.join(folder, `buildless-${randomUUID()}`);
  try {
    const file = await open(name, 'wx+', 0o600);
    await unlink(name);
    return file;
  } catch (error) {
    if (others.length === 0) throw error;
    return await openNameless(others);
  }
}
