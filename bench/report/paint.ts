import { pathToFileURL } from 'node:url';
import { startBrowser } from '@marteau/testkit';

/** How a report feels in Chromium. */
export interface Painted {
  readonly firstPaintSeconds: number;
  /** The slowest and the median of the frames while a pointer moves over the charts, ms of script and style. */
  readonly hoverMedianMs: number;
  readonly hoverWorstMs: number;
}

/** Opens the file, and moves over its charts. */
export async function paint(file: string): Promise<Painted> {
  await using browser = await startBrowser();
  await using opened = await browser.openPage({ viewport: { width: 1280, height: 1400 } });
  const { page } = opened;
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('html.live');
  const firstPaintSeconds = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000",
  );
  const plot = page.locator('[data-panel="latency"] .plot');
  const box = (await plot.boundingBox())!;
  await page.evaluate(watchFrames);
  for (let i = 0; i <= 120; i++) await page.mouse.move(box.x + (box.width * i) / 120, box.y + 40);
  const frames = await page.evaluate<number[]>('globalThis.frames');
  frames.sort((a, b) => a - b);
  return {
    firstPaintSeconds,
    hoverMedianMs: frames[Math.floor(frames.length / 2)] ?? 0,
    hoverWorstMs: frames[Math.floor(frames.length * 0.99)] ?? 0,
  };
}

/** Measures the work of each frame: from its first callback to after layout, which a read of geometry forces. */
const watchFrames = `
  globalThis.frames = [];
  const original = requestAnimationFrame;
  globalThis.requestAnimationFrame = (callback) => original((time) => {
    const begin = performance.now();
    callback(time);
    document.querySelector('.cursor').getBoundingClientRect();
    globalThis.frames.push(performance.now() - begin);
  });
`;
