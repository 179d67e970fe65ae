import { randomUUID } from 'node:crypto';

const placeholder = /\{\{(uuid|now)\}\}/g;

/** Whether an answer has something in it that is new each time. */
export function hasPlaceholders(text: string): boolean {
  return text.includes('{{') && text.search(placeholder) !== -1;
}

/** Puts a new UUID for each `{{uuid}}`, and the instant (ISO 8601, UTC) for `{{now}}`. */
export function fillPlaceholders(text: string): string {
  return text.replace(placeholder, (_, name) => (name === 'uuid' ? randomUUID() : new Date().toISOString()));
}
