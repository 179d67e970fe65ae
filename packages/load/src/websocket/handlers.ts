type Handler = ((event: Event) => unknown) | null;

interface Slot {
  handler: Handler;
}

const slots = new WeakMap<EventTarget, Map<string, Slot>>();

/** The handler that a script has set as `onmessage` and the like. */
export function handlerOf(target: EventTarget, type: string): Handler {
  return slots.get(target)?.get(type)?.handler ?? null;
}

/** It is called where it was set first, among the listeners (HTML standard, 8.1.8.1). */
export function setHandler(target: EventTarget, type: string, given: Handler): void {
  const own = slots.get(target) ?? new Map<string, Slot>();
  slots.set(target, own);
  const known = own.get(type);
  const handler = typeof given === 'function' ? given : null;
  if (known) known.handler = handler;
  else if (handler) {
    const slot: Slot = { handler };
    own.set(type, slot);
    target.addEventListener(type, (event) => slot.handler?.call(target, event));
  }
}
