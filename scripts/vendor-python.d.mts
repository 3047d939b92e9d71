/** See vendor-python.mjs. */
export function vendorPython(requirementsFile: string, targetDir: string): Promise<void>;
