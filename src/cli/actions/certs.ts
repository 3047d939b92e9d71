import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createAuthority, isHost } from '../../certificates/authority.ts';
import { makeFolder } from '../../folders/make-folder.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings } from '../terminal.ts';
import type { CertsOptions } from '../options/certs.ts';

const DAY_SECONDS = 86_400;
const KEY_MODE = 0o600;
const CERTIFICATE_MODE = 0o644;

/** `buildless certs`: a CA and a leaf as four PEM files. */
export async function writeCertificates({ out, host, days, force }: CertsOptions): Promise<ExitStatus> {
  const bad = host.filter((name) => !isHost(name));
  if (bad.length > 0) {
    const fix = 'give DNS names such as localhost or *.example.com, or IP addresses';
    printFindings(
      'error',
      bad.map((name) => ({ problem: `"${name}" is neither a DNS name nor an IP address`, fix })),
      '--host',
    );
    return EXIT.wrongInput;
  }
  const names = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'] as const;
  const existing = force === true ? [] : await present(names.map((name) => path.join(out, name)));
  if (existing.length > 0) {
    printFindings('error', [
      { problem: `${existing.join(', ')} would be replaced`, fix: 'name another folder with --out, or give --force' },
    ]);
    return EXIT.wrongInput;
  }

  const authority = await createAuthority({ commonName: 'Buildless development CA', seconds: days * DAY_SECONDS });
  const leaf = await authority.issue({ hosts: host, seconds: days * DAY_SECONDS });
  const contents = { 'ca.crt': authority.cert, 'ca.key': authority.key, 'tls.crt': leaf.cert, 'tls.key': leaf.key };
  try {
    await makeFolder(out);
    for (const name of names) {
      await writeFile(path.join(out, name), contents[name], {
        mode: name.endsWith('.key') ? KEY_MODE : CERTIFICATE_MODE,
      });
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    printFindings('error', [
      { file: out, problem: `cannot write (${error.message})`, fix: 'name a folder that may be written' },
    ]);
    return EXIT.wrongInput;
  }
  const { bold, dim } = coloursFor(process.stdout);
  const until = leaf.notAfter.toISOString().slice(0, 10);
  process.stdout.write(`${bold(path.join(out, 'ca.crt'))}   the CA; clients trust it ${dim(`(until ${until})`)}\n`);
  process.stdout.write(`${bold(path.join(out, 'tls.crt'))}  the certificate for ${host.join(', ')}\n`);
  process.stdout.write(`Keys are beside them in ca.key and tls.key. Serve with\n`);
  process.stdout.write(
    `  buildless serve --tls-cert ${path.join(out, 'tls.crt')} --tls-key ${path.join(out, 'tls.key')}\n`,
  );
  return EXIT.done;
}

async function present(files: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of files) {
    if (
      await access(file, constants.F_OK).then(
        () => true,
        () => false,
      )
    )
      found.push(file);
  }
  return found;
}
