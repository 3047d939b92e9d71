import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Problem } from '../../outcome/problem.ts';

const TIMEOUT_MILLISECONDS = 60_000;
/** More than etcd takes of any object, many times over. */
const LARGEST_OUTPUT = 64 * 1024 * 1024;
const LONGEST_REASON = 500;

/**
 * What `kubectl kustomize` makes of a folder.
 *
 * @param file the kustomization, for messages
 * @param because what of it Buildless does not evaluate
 */
export async function kubectlKustomize(folder: string, file: string, because: string): Promise<string | Problem> {
  try {
    const limits = { timeout: TIMEOUT_MILLISECONDS, maxBuffer: LARGEST_OUTPUT };
    return (await promisify(execFile)('kubectl', ['kustomize', folder], limits)).stdout;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') {
      return {
        file,
        problem: `it has ${because}, which kubectl evaluates, and kubectl was not found on the PATH`,
        fix: `install kubectl, or run: kustomize build ${folder} | buildless ... -f -`,
      };
    }
    const reason = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
    const isLate = 'killed' in error && error.killed === true && reason === '';
    return {
      file,
      problem: isLate
        ? `"kubectl kustomize" took longer than ${TIMEOUT_MILLISECONDS / 1000} s`
        : `"kubectl kustomize" refuses it: ${(reason || error.message).replace(/^error: /, '').slice(0, LONGEST_REASON)}`,
      fix: `correct it; "kubectl kustomize ${folder}" shows the same`,
    };
  }
}
