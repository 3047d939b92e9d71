/** Fetches bun and uv into a folder, where they are missing already; returns the folder, absolute. */
export function fetchFastInstallers(folder: string, architecture?: 'x64' | 'arm64'): Promise<string>;
