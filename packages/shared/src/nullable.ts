import { type TSchema, Type } from 'typebox';

/** The value, or null where there is none: results say "not known" aloud and leave nothing out. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
