import { readFile } from 'node:fs/promises';
import type { Problem } from '../outcome/problem.ts';
import { parsePair } from './pair.ts';
import { validity, type CertificateEvents, type CertificateSource, type ServedCertificate } from './source.ts';

interface CertificateFiles {
  /** PEM, the leaf first, then its intermediates. */
  readonly certFile: string;
  /** PEM, not encrypted. */
  readonly keyFile: string;
}

export interface CertificateFilesOptions extends CertificateFiles {
  /** Between two looks at the files. */
  readonly intervalMilliseconds?: number;
  readonly clock?: () => Date;
}

/**
 * A certificate from two files, such as a mounted Secret of type kubernetes.io/tls. It is read again and again instead of
 * watched: the kubelet swaps a symlink above the files (`..data`), which no watch of a file sees, and both are small.
 *
 * @returns what is wrong where the first pair cannot be served: there is no last good one yet
 */
export async function openCertificateFiles({
  certFile,
  keyFile,
  intervalMilliseconds = 2000,
  clock = () => new Date(),
}: CertificateFilesOptions): Promise<{ readonly source: CertificateSource } | { readonly problem: Problem }> {
  const files = { certFile, keyFile };
  const first = await readPair(files, clock);
  if ('problem' in first) return first;

  let { certificate } = first;
  let bad = { text: '', problem: '', reported: false };
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (events: CertificateEvents): Promise<void> => {
    const now = await readPair(files, clock, certificate);
    if (stopped) return;
    if ('certificate' in now) {
      bad = { text: '', problem: '', reported: false };
      if (now.certificate !== certificate) {
        ({ certificate } = now);
        events.changed(certificate);
      }
    } else if (now.text !== bad.text || now.problem.problem !== bad.problem) {
      bad = { text: now.text, problem: now.problem.problem, reported: false };
    } else if (!bad.reported) {
      // Seen twice: the first time may have been between the writing of one file and of the other.
      bad.reported = true;
      events.failed(now.problem);
    }
    schedule(events);
  };
  const schedule = (events: CertificateEvents): void => {
    timer = setTimeout(() => void look(events), intervalMilliseconds).unref();
  };

  const source: CertificateSource = {
    current: () => certificate,
    start(events) {
      schedule(events);
      return Promise.resolve();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
    healthy: () => validity(certificate, clock()),
  };
  return { source };
}

/** @param served what comes back where the files still hold it, however old it is */
async function readPair(
  { certFile, keyFile }: CertificateFiles,
  clock: () => Date,
  served?: ServedCertificate,
): Promise<
  | { readonly certificate: ServedCertificate }
  | { readonly problem: Problem; /** What was read. */ readonly text: string }
> {
  const [cert, key] = await Promise.all([readText(certFile), readText(keyFile)]);
  if ('problem' in cert) return { ...cert, text: '' };
  if ('problem' in key) return { ...key, text: cert.text };
  if (served?.cert === cert.text && served.key === key.text) return { certificate: served };
  const pair = parsePair(cert.text, key.text, clock());
  if ('cert' in pair) return { certificate: pair };
  return {
    text: cert.text + key.text,
    problem: {
      file: pair.part === 'cert' ? certFile : keyFile,
      problem: pair.problem,
      fix: `write a certificate chain to ${certFile} and its unencrypted key to ${keyFile}, both as PEM`,
    },
  };
}

async function readText(file: string): Promise<{ readonly text: string } | { readonly problem: Problem }> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return {
      problem: {
        file,
        problem: why === 'ENOENT' ? 'the file does not exist' : `the file cannot be read (${why})`,
        fix: 'give the path of a PEM file that this process may read',
      },
    };
  }
}
