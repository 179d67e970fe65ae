import type { Socket } from './socket.ts';

/** Who is in which room. */
export class Rooms {
  readonly #rooms = new Map<string, Set<Socket>>();

  enter(name: string, socket: Socket): void {
    const people = this.#rooms.get(name) ?? new Set();
    this.#rooms.set(name, people.add(socket));
    socket.send(JSON.stringify({ welcome: name, people: people.size }));
    socket.onText((text) => {
      for (const other of people) other.send(text);
    });
    socket.onEnd(() => {
      people.delete(socket);
      if (people.size === 0) this.#rooms.delete(name);
    });
  }
}
