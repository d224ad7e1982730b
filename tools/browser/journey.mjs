// A real Chromium and what every person's way through Nura's web client checks: no errors, no foreign servers, accessible pages.
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

/**
 * Opens the client, walks the way and prints one line per step; the process exits with 1 and the reason when the page does not do what a person expects.
 * @param {string} url where the client is
 * @param {string} prefix of the screenshots' names
 * @param {string | undefined} folder for screenshots
 * @param {(way: object) => Promise<void>} walk the steps
 * @param {string[]} also other servers that the way leads to
 */
export async function journey(url, prefix, folder, walk, also = []) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Chromium's own sandbox needs a user that containers do not have.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const problems = [];
    const foreign = [];
    const ours = address => address.startsWith('data:') || address.startsWith('blob:') || [url, ...also].some(known => new URL(address).origin === new URL(known).origin);
    page.on('pageerror', error => problems.push(error.message));
    page.on('console', message => message.type() === 'error' && problems.push(message.text()));
    page.on('request', request => ours(request.url()) || foreign.push(request.url()));
    const look = (name, there = page) => folder && there.screenshot({ path: `${folder}/${prefix}-${name}.png` });
    const step = (name, work) => work().then(() => console.log(`ok ${name}`), error => { throw new Error(`${name}: ${error.message}`); });
    const accessible = async (there = page) => {
      const { violations } = await new AxeBuilder({ page: there }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
      assert.deepEqual(violations.map(found => `${found.id}: ${found.nodes.map(node => node.target).join(', ')}`), []);
    };
    /** Dark, and as narrow as asked: nothing may stick out. */
    const narrow = async (width, there = page) => {
      await there.emulateMedia({ colorScheme: 'dark' });
      await there.setViewportSize({ width, height: 700 });
      assert.ok(await there.evaluate(() => document.documentElement.scrollWidth) <= width, 'The page scrolls sideways.');
      await accessible(there);
    };

    await walk({ page, context, problems, look, step, accessible, narrow });

    assert.deepEqual(foreign, [], 'The page called other servers.');
    assert.deepEqual(problems.filter(text => !text.includes('401')), []);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
