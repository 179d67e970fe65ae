/** What the child says of a git whose output it has cut off, because it was more than any honest repository's. */
export const FLOOD = 'git wrote more than is read';
