import type { IForbiddenRuleType } from 'dependency-cruiser';

export interface Layer {
  /** Its folders reach neither the network nor the clock, the file system or the process. */
  readonly pure?: true;
  /** What each folder of src/ has, by its path. */
  readonly folders: Readonly<Record<string, string>>;
}

/** From the folders that know nothing to the one that knows everything. */
export const LAYERS: readonly Layer[];
export const PURE_FOLDERS: readonly string[];
/** Modules of Node.js that pure folders may import. */
export const PURE_MODULES: readonly string[];
export const RULES: readonly IForbiddenRuleType[];
