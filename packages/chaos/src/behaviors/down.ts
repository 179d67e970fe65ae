import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';

/** Nothing is there. */
export const down = defineBehavior({
  name: 'down',
  about: 'Nobody listens, and open connections are closed.',
  options: Type.Object({}),
  per: ['connection'],
  stopsListening: true,
});
