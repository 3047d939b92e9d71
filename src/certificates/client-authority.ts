import { readFile } from 'node:fs/promises';
import { formatProblem, type Problem } from '../outcome/problem.ts';
import { certificatesOf } from './bundle.ts';

/** Which clients may connect: those with a certificate of a CA and, where names are given, one of these common names. */
export interface ClientAuthority {
  /** PEM: the last good one. */
  readonly ca: () => string;
  /** Undefined for any. */
  readonly names: readonly string[] | undefined;
  /** Begins to look whether the file changed. */
  readonly start: (changed: () => void) => void;
  readonly stop: () => void;
}

export interface ClientAuthorityOptions {
  /** PEM. */
  readonly file: string;
  readonly names?: readonly string[];
  readonly failed: (problem: string) => void;
  readonly intervalMilliseconds?: number;
}

/**
 * The CA of the API server's client certificate, from a file that is read again and again, as it may be mounted.
 *
 * How the API server is told to show one:
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#authenticate-apiservers
 */
export async function openClientAuthority({
  file,
  names,
  failed,
  intervalMilliseconds = 2000,
}: ClientAuthorityOptions): Promise<{ readonly authority: ClientAuthority } | { readonly problem: Problem }> {
  const first = await read(file);
  if ('problem' in first) return first;
  let { ca } = first;
  let reported = '';
  let timer: NodeJS.Timeout | undefined;

  const look = async (changed: () => void): Promise<void> => {
    const now = await read(file);
    if ('problem' in now) {
      const text = formatProblem(now.problem);
      if (text !== reported) failed(text);
      reported = text;
    } else if (now.ca !== ca) {
      ({ ca } = now);
      reported = '';
      changed();
    }
  };
  return {
    authority: {
      ca: () => ca,
      names,
      start(changed) {
        timer = setInterval(() => void look(changed), intervalMilliseconds).unref();
      },
      stop() {
        clearInterval(timer);
      },
    },
  };
}

async function read(file: string): Promise<{ readonly ca: string } | { readonly problem: Problem }> {
  const fix = "give the path of a PEM file with the CA of the API server's client certificate";
  try {
    const ca = await readFile(file, 'utf8');
    const usable = certificatesOf(ca).some((certificate) => certificate.ca);
    return usable ? { ca } : { problem: { file, problem: 'it holds no certificate of a CA', fix } };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { problem: { file, problem: `the file cannot be read (${why})`, fix } };
  }
}
