import { connect, type Socket } from 'node:net';

interface RedisOptions {
  host: string;
  port: number;
  /** Whether it calls again after redis has hung up. */
  reconnects: boolean;
}

interface Waiting {
  resolve(answer: string): void;
  reject(error: Error): void;
}

/** As much of a redis client as counting needs: one connection, answers of one line. */
export class Redis {
  private readonly options: RedisOptions;
  private socket: Socket | null = null;
  private readonly waiting: Waiting[] = [];
  private rest = '';

  constructor(options: RedisOptions) {
    this.options = options;
  }

  /** Sends a command and resolves with the one line that answers it. */
  ask(...words: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      this.socket ??= this.call();
      if (this.socket.destroyed) return reject(new Error('The connection to redis is closed.'));
      this.waiting.push({ resolve, reject });
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      this.socket.write(`*${words.length}\r\n${parts.join('')}`);
    });
  }

  private call(): Socket {
    const { host, port, reconnects } = this.options;
    const socket = connect({ host, port, noDelay: true });
    this.rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (text) => this.read(String(text)));
    socket.on('error', () => {}); // told by close
    socket.on('close', () => {
      if (reconnects) this.socket = null;
      for (const { reject } of this.waiting.splice(0)) reject(new Error('Redis hung up.'));
    });
    return socket;
  }

  private read(text: string): void {
    const lines = (this.rest + text).split('\r\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const next = this.waiting.shift();
      if (line.startsWith('-')) next?.reject(new Error(line.slice(1)));
      else next?.resolve(line.slice(1));
    }
  }
}
