export const SCHEMAS = ['config', 'annotations'] as const;
export type SchemaName = (typeof SCHEMAS)[number];
