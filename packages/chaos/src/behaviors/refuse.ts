import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';

/** Nobody new gets in. */
export const refuse = defineBehavior({
  name: 'refuse',
  about: 'Resets new connections before the backend hears of them; open ones stay.',
  options: Type.Object({}),
  per: ['connection'],
  refuse: () => 'reset a new connection',
});
