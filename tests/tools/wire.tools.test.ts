// A JVM, which looks at no HTTP_PROXY and has authorities of its own, is measured at the wire by HTTPS.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { startHttpsServer } from '../../packages/replay/src/fixtures/https-server.ts';
import { missingTool } from './missing-tool.ts';
import { runProject } from './run-project.ts';

const ASK = `import java.net.*;
public class Ask {
  public static void main(String[] args) throws Exception {
    for (int i = 0; i < 3; i++) {
      var connection = (HttpURLConnection) URI.create(args[0]).toURL().openConnection();
      System.out.println(connection.getResponseCode());
    }
  }
}
`;

test('Java by HTTPS, with way: forward', { skip: missingTool('java') }, async () => {
  await using folder = await createTempFolder();
  await using secure = await startHttpsServer('127.0.0.1', (_, response) => response.end('said'));
  const url = `https://127.0.0.1:${secure.port}`;
  await writeFile(join(folder.path, 'Ask.java'), ASK);
  const { merged } = await runProject({
    project: folder.path,
    text: `command: java Ask.java ${url}/json\nway: forward\ntls: {verify: false}\n`,
    target: url,
    nodes: 1,
  });
  const requests = merged.labels.filter(({ kind }) => kind === 'request');
  assert.deepEqual(
    requests.map(({ name, steps }) => [name, steps[0]!.count, steps[0]!.outcomes]),
    [['GET /json', 3, { 200: 3 }]],
  );
});
