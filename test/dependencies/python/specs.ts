import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const rows = z.array(z.tuple([z.string(), z.enum(['ok', 'no-latest', 'exact', 'locked']), z.string()]));

/** What lies beside requirements.txt for the lines of specs.yaml. */
export const BESIDE: Readonly<Record<string, string>> = {
  'wheels/own-1.0-py3-none-any.whl': '',
  'lib/pyproject.toml': '[project]\nname = "lib"\nversion = "1"\ndependencies = []\n',
};

/** The table specs.yaml; `{64}` stands for so many hexadecimal digits. */
export const SPECS = rows
  .parse(parse(readFileSync(path.join(import.meta.dirname, 'specs.yaml'), 'utf8')))
  .map(([line, level, why]) => ({
    line: line.replace(/\{(\d+)\}/g, (_, digits: string) => 'a'.repeat(Number(digits))),
    level,
    why,
  }));
