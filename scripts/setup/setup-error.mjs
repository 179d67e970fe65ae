/** The set-up cannot go on, and the message is for the person: what is missing, why, and what to type. */
export class SetupError extends Error {}
