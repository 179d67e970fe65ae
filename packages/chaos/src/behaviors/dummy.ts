import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';

/** Does nothing, for percentages that say so. */
export const dummy = defineBehavior({
  name: 'dummy',
  about: 'Passes everything through.',
  options: Type.Object({}),
  per: ['request', 'connection'],
});
