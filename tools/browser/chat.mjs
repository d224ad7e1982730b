// A person's way through the web chat in a real browser. The model behind it answers with everything a page must not do.
// Prints one line per step; exits 1 with the reason when the page does not do what a person expects.
// Usage: node chat.mjs URL KEY [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import { journey } from './journey.mjs';

const [url, key, folder] = process.argv.slice(2);

await journey(url, 'chat', folder, async ({ page, problems, look, step, accessible, narrow }) => {
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
    await narrow(320);
    await look('dark');
  });

  await step('sign-out', async () => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
  });
});
