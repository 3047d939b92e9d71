import { createHash } from 'node:crypto';

/**
 * The RECORD of a wheel (packaging.python.org, "Recording installed projects").
 *
 * @param files of the wheel, with their contents
 * @param record its own path
 */
export const wheelRecord = (files: Readonly<Record<string, string>>, record: string): string =>
  [
    ...Object.entries(files).map(
      ([file, text]) =>
        `${file},sha256=${createHash('sha256').update(text).digest('base64url')},${Buffer.byteLength(text)}`,
    ),
    `${record},,`,
    '',
  ].join('\n');
