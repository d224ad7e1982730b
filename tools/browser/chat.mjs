// A person's way through the web chat in a real browser. The model behind it answers with everything a page must not do.
// Prints one line per step; exits 1 with the reason when the page does not do what a person expects.
// Usage: node chat.mjs URL KEY [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const [url, key, folder] = process.argv.slice(2);
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
  page.on('pageerror', error => problems.push(error.message));
  page.on('console', message => message.type() === 'error' && problems.push(message.text()));
  page.on('request', request => new URL(request.url()).origin === new URL(url).origin || request.url().startsWith('data:') || foreign.push(request.url()));
  const look = name => folder && page.screenshot({ path: `${folder}/chat-${name}.png` });
  const step = (name, work) => work().then(() => console.log(`ok ${name}`), error => { throw new Error(`${name}: ${error.message}`); });
  const accessible = async () => {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    assert.deepEqual(violations.map(found => `${found.id}: ${found.nodes.map(node => node.target).join(', ')}`), []);
  };

  await step('sign-in', async () => {
    await page.goto(url);
    await page.getByLabel('API key').fill('not the key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await accessible();
    problems.length = 0; // The browser reports the 401s that this step is about.
    await page.goto(`${url}/#key=${key}`);
    await page.reload();
    await page.getByRole('textbox', { name: 'Question' }).waitFor();
    assert.ok(!page.url().includes(key), 'The key stays in the address.');
  });

  await step('ask', async () => {
    await page.getByRole('textbox', { name: 'Question' }).fill('What is sold?');
    await page.keyboard.press('Enter');
    await page.getByText('verified citation').waitFor();
    await page.getByRole('heading', { name: 'Answer of the model' }).waitFor();
    assert.equal(await page.evaluate(() => window.stolen), undefined, 'A script of the answer ran.');
    assert.equal(await page.locator('.answer :is(img, iframe, script, form, svg, style)').count(), 0);
    assert.equal(await page.locator('.answer a[href^="javascript:"], .answer a[href^="data:"]').count(), 0);
    await accessible();
    await look('answer');
  });

  await step('a source', async () => {
    await page.locator('.answer .cite').first().click();
    await page.locator('.source .cited').getByText('The shop sells hats.').waitFor();
    await accessible();
    await look('source');
    await page.keyboard.press('Escape');
    await page.locator('.source').waitFor({ state: 'detached' });
  });

  await step('reload', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Answer of the model' }).waitFor();
    await page.getByText('verified citation').waitFor();
    await page.getByRole('link', { name: 'What is sold?' }).waitFor();
  });

  await step('stop', async () => {
    await page.getByRole('textbox', { name: 'Question' }).fill('Never end');
    await page.keyboard.press('Enter');
    await page.getByText('Working on it').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
  });

  await step('dark and narrow', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 320, height: 700 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320, 'The page scrolls sideways.');
    await accessible();
    await look('dark');
  });

  await step('sign-out', async () => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
  });

  assert.deepEqual(foreign, [], 'The page called other servers.');
  assert.deepEqual(problems.filter(text => !text.includes('401')), []);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
