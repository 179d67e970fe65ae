interface ServerSentEvent {
  id?: string;
  event?: string;
  data?: string;
}

/** Reads server-sent events: lines of `field: value`, an empty line after each message. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const messages = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const fields = message.split('\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2));
      yield Object.fromEntries(fields) as ServerSentEvent;
    }
  }
}
