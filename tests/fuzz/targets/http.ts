import { conversations } from '../conversation.ts';

export const target = conversations('http', [
  'GET / HTTP/1.1\r\n',
  'HTTP/1.1 200 OK\r\n',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  '\r\n\r\n',
  '\n\n',
  '0\r\n\r\n',
  '3\r\nabc\r\n',
  'HEAD / HTTP/1.0\r\n\r\n',
  'Expect: 100-continue\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 X\r\n\r\n',
]);
