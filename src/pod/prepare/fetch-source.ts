import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type SourceFiles, digestOf } from '../../function/files.ts';
import { formatSource } from '../../function/source.ts';
import type { PrepareArguments } from './arguments.ts';
import { FolderFiles } from '../files/folder-files.ts';
import { checkOut } from '../git/git.ts';
import { readMountedConfigMap, writeFiles } from './mounted-configmap.ts';
import type { ProgramContext } from '../program/context.ts';
import { isRefusal, refuse, type Refusal } from '../program/refusal.ts';
import { copyTree } from '../files/tree.ts';
import type { Workspace } from './workspace.ts';

/** Puts the source's files into the workspace. */
export async function fetchSource(
  options: PrepareArguments,
  workspace: Workspace,
  context: ProgramContext,
): Promise<SourceFiles | Refusal> {
  const { source } = options;
  const title = formatSource(source);
  if (source.type !== 'git' && !existsSync(options.from)) {
    return refuse(`nothing is mounted at ${options.from}, where ${title} should be`);
  }
  switch (source.type) {
    case 'configmap': {
      const files = await readMountedConfigMap(options.from, source.names.join('+'));
      if (isRefusal(files)) return files;
      await writeFiles(files, workspace.source);
      const digest = digestOf(files);
      context.log(`source ${title}: ${countFiles(files)}, ${digest}`);
      return checkDigest(options, digest, context.log) ?? files;
    }
    case 'image':
      return await copyFolder(options.from, title, workspace, context.log);
    case 'git': {
      context.log(`source ${title}: fetching`);
      const checkout = await checkOut(source, workspace.clone, { ...context, auth: options.auth });
      if (isRefusal(checkout)) return checkout;
      context.log(`source ${title}: commit ${checkout.commit}`);
      await adviseOnGit(workspace.clone, context.log);
      const files = await copyFolder(checkout.folder, title, workspace, context.log);
      await rm(workspace.clone, { recursive: true, force: true });
      return files;
    }
  }
}

/**
 * Replicas that start later must not drift from those that run: a revision and `locked` ask for that, the other levels are
 * warned.
 */
function checkDigest(options: PrepareArguments, digest: string, log: (line: string) => void): Refusal | undefined {
  if (options.digest === undefined || options.digest === digest) return undefined;
  const changed = `${formatSource(options.source)} changed after this Pod was admitted: it was ${options.digest} and is ${digest}`;
  if (options.revision !== undefined) {
    return refuse(
      `${changed}; this Pod runs the revision ${options.revision} and nothing else: delete it, and its controller creates it again`,
    );
  }
  if (options.level === 'locked') {
    return refuse(
      `${changed}; the dependency policy is "locked", so it is not run: roll out the workload again, or restore the ConfigMap`,
    );
  }
  log(`attention: ${changed}; replicas that started earlier run the old one`);
  return undefined;
}

async function copyFolder(
  folder: string,
  title: string,
  workspace: Workspace,
  log: (line: string) => void,
): Promise<SourceFiles | Refusal> {
  const copy = await copyTree(folder, workspace.source, new Set(['.git']));
  if (isRefusal(copy)) return copy;
  if (copy.files.length === 0) return refuse(`${title} has no files; add the handler's file`);
  for (const link of copy.leftOut) log(`left out ${link}: a link that points to nothing`);
  const files = new FolderFiles(workspace.source, copy.files);
  log(`source ${title}: ${countFiles(files)}`);
  return files;
}

async function adviseOnGit(clone: string, log: (line: string) => void): Promise<void> {
  if (existsSync(path.join(clone, '.gitmodules'))) {
    log('attention: .gitmodules is there, but submodules are not fetched; their folders are empty');
  }
  const attributes = await readFile(path.join(clone, '.gitattributes'), 'utf8').catch(() => '');
  if (/\bfilter=lfs\b/.test(attributes)) {
    log('attention: .gitattributes asks for Git LFS, which is not fetched; those files are pointers');
  }
}

const countFiles = (files: SourceFiles): string => `${files.size} ${files.size === 1 ? 'file' : 'files'}`;
