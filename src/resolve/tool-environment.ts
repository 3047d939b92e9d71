/** What the tool of a language sees in a job: nothing of this process but the way to the network, and the registry settings of the job. */
import path from 'node:path';
import type { Language } from '../function/languages.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../pod/program/run-program.ts';
import { RESOLVING } from './languages.ts';
import type { JobFiles, ToolEnvironment } from './languages/row.ts';

export interface JobSettings extends JobFiles {
  readonly language: Language;
}

/** Variables of this process that a tool is given; npm takes authorities of Node.js, uv and Git those of OpenSSL. */
const PASSED_ON = ['PATH', ...NETWORK_VARIABLES, 'NODE_EXTRA_CA_CERTS'];

/**
 * @param folder of the job: home, temporary files, and settings with secrets, until the job ends
 * @param cache folder that jobs without settings of their own share
 * @param environment of this process
 * @returns why the settings cannot be used
 */
export async function toolEnvironment(
  job: JobSettings,
  folder: string,
  cache: string,
  environment: NodeJS.ProcessEnv,
): Promise<ToolEnvironment | { readonly unusable: string }> {
  const common = {
    ...pickEnvironment(environment, PASSED_ON),
    HOME: folder,
    TMPDIR: folder,
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
  };
  const cacheFolder = asksPublicOnly(job) ? cache : path.join(folder, 'cache');
  return await RESOLVING.of(job.language).environment(job, folder, cacheFolder, common);
}

/**
 * Whether nothing but the public registry is asked, in the ordinary way. Others must not see what was fetched with credentials,
 * nor get what came through a proxy or an index that a source names, nor wait for a server that somebody chose.
 */
export function asksPublicOnly({ files, language, registrySettings }: JobSettings): boolean {
  return registrySettings === undefined && RESOLVING.of(language).asksPublicOnly(files);
}
