/** A command, to be followed by `compress` or `decompress`. */
export function zstdProgram(): Promise<readonly string[]>;
