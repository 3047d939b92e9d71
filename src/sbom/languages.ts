import type { SourceFiles } from '../function/files.ts';
import { LanguageRows } from '../function/languages.ts';
import type { BillPlatform, Packages } from './bill.ts';
import { npmPackages } from './languages/nodejs.ts';
import { pythonPackages } from './languages/python.ts';

/**
 * What an installation of a source puts on the disk, by its lock.
 *
 * @param files with a lock that the dependency policy has no finding about
 */
export type PackagesOf = (files: SourceFiles, platform: BillPlatform) => Packages;

export const BILLED = new LanguageRows<PackagesOf>('src/sbom', { nodejs: npmPackages, python: pythonPackages });
