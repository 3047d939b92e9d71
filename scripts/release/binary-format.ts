import { open } from 'node:fs/promises';

/** What a program's file says of itself: https://en.wikipedia.org/wiki/Executable_and_Linkable_Format, Mach-O, PE. */
export interface BinaryFormat {
  readonly format: 'ELF' | 'Mach-O' | 'PE';
  readonly machine: string;
  /** Mach-O only: Darwin on arm64 starts nothing that is not signed, if only by its builder (LC_CODE_SIGNATURE). */
  readonly signed?: boolean;
}

const ELF: Readonly<Record<number, string>> = { 62: 'amd64', 183: 'arm64' };
const PE: Readonly<Record<number, string>> = { 0x86_64: 'amd64', 0xaa_64: 'arm64' };
const MACH: Readonly<Record<number, string>> = { 0x01_00_00_07: 'amd64', 0x01_00_00_0c: 'arm64' };
const LC_CODE_SIGNATURE = 0x1d;
const HEAD = 65_536;

/** @returns undefined if it is none of the three */
export async function formatOf(file: string): Promise<BinaryFormat | undefined> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(HEAD);
    await handle.read(head, 0, HEAD, 0);
    return formatOfBytes(head);
  } finally {
    await handle.close();
  }
}

function formatOfBytes(head: Buffer): BinaryFormat | undefined {
  if (head.toString('latin1', 0, 4) === '\x7FELF') {
    return { format: 'ELF', machine: ELF[head.readUInt16LE(18)] ?? 'other' };
  }
  if (head.toString('latin1', 0, 2) === 'MZ') {
    const start = head.readUInt32LE(0x3c);
    if (start + 6 > head.length || head.toString('latin1', start, start + 4) !== 'PE\0\0') return undefined;
    return { format: 'PE', machine: PE[head.readUInt16LE(start + 4)] ?? 'other' };
  }
  if (head.readUInt32LE(0) !== 0xfe_ed_fa_cf) return undefined;
  return {
    format: 'Mach-O',
    machine: MACH[head.readUInt32LE(4)] ?? 'other',
    signed: hasCommand(head, LC_CODE_SIGNATURE),
  };
}

function hasCommand(head: Buffer, wanted: number): boolean {
  const count = head.readUInt32LE(16);
  for (let index = 0, at = 32; index < count && at + 8 <= head.length; index += 1) {
    if (head.readUInt32LE(at) === wanted) return true;
    at += Math.max(8, head.readUInt32LE(at + 4));
  }
  return false;
}
