/** The text, with this version wherever it names one of ours. */
export function withVersion(text: string, version: string): string;
/** Files that are written by hand and may name our version. */
export function versionedFiles(): Promise<readonly string[]>;
/** The version of package.json. */
export function packageVersion(): Promise<string>;
