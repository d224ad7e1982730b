// An administrator makes a key in a real browser, its holder signs in with it, and it is revoked. There are the repositories "hats" and "secrets".
// Usage: node keys.mjs URL KEY [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import { journey } from './journey.mjs';

const [url, key, folder] = process.argv.slice(2);

await journey(url, 'keys', folder, async ({ page, context, problems, look, step, accessible, narrow }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const holder = await (await context.browser().newContext()).newPage();
  holder.setDefaultTimeout(20_000);
  const item = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'a laptop' }) });
  let made;
  let secret;

  await step('an administrator has no limit', async () => {
    await page.goto(`${url}/#key=${key}`);
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByRole('group', { name: 'What it may see' }).waitFor();
    await page.getByLabel('Administrator').check();
    assert.equal(await page.getByRole('group', { name: 'What it may see' }).count(), 0);
    await page.getByLabel('Administrator').uncheck();
    await accessible();
  });

  await step('refused', async () => {
    await page.getByLabel('Name').fill('   ');
    await page.getByLabel('Only these').check();
    await page.getByLabel('hats').check();
    await page.getByRole('button', { name: 'Make key' }).click();
    await page.getByRole('alert').getByText('The key was not made. Give it a name').waitFor();
    assert.ok(await page.getByLabel('hats').isChecked());
    problems.length = 0; // The browser reports the 400 that this step is about.
    await accessible();
    await look('refused');
  });

  await step('make', async () => {
    await page.getByLabel('Name').fill('a laptop');
    await page.getByLabel('Team').fill('shop');
    await page.keyboard.press('Enter');
    const heading = page.getByRole('heading', { name: 'The key "a laptop" is made' });
    await heading.waitFor();
    assert.ok(await heading.evaluate(element => element === document.activeElement));
    [made, , secret] = await page.locator('.once code').allInnerTexts();
    assert.match(made, /^nura_/);
    await page.getByText('shown only now').waitFor();
    const copy = page.getByRole('button', { name: 'Copy API key' });
    // Clicked again as soon as it says that it is done.
    assert.equal(await copy.evaluate(button => new Promise(told => {
      new MutationObserver((_, observer) => {
        observer.disconnect();
        told(button.textContent);
        button.click();
      }).observe(button, { childList: true, characterData: true, subtree: true });
      button.click();
    })), 'Copied');
    await copy.waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), made);
    await item.getByText('May see hats. Team shop.').waitFor();
    await accessible();
    await look('made');
    await narrow(360);
    await look('made-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await step('seen once', async () => {
    assert.ok(!page.url().includes(made));
    assert.ok(!await page.evaluate(() => JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }])).then(kept => kept.includes(made) || kept.includes(secret)));
    await page.getByRole('link', { name: 'Repositories' }).click();
    await page.goBack();
    await item.waitFor();
    assert.ok(!await page.content().then(html => html.includes(made) || html.includes(secret)));
    await page.reload();
    await item.getByText(made.slice(0, 12)).waitFor();
    assert.ok(!await page.content().then(html => html.includes(made)));
  });

  await step('its holder', async () => {
    await holder.goto(url);
    await holder.getByLabel('API key').fill(made);
    await holder.getByRole('button', { name: 'Sign in' }).click();
    await holder.getByRole('link', { name: 'Repositories' }).click();
    await holder.getByRole('heading', { name: 'hats' }).waitFor();
    assert.equal(await holder.getByRole('heading', { name: 'secrets' }).count(), 0);
    assert.equal(await holder.getByRole('link', { name: /Keys|Activity/ }).count(), 0);
    for (const place of ['keys', 'activity']) {
      await holder.goto(`${url}/${place}`);
      await holder.getByText('Only administrators can see this page').waitFor();
      assert.equal(await holder.getByRole('alert').count(), 0);
    }
    // Of usage there is one's own.
    await holder.goto(`${url}/usage`);
    await holder.getByText('What you have asked, and what it cost.').waitFor();
    await holder.getByText('No calls in this time.').waitFor();
    assert.deepEqual(await holder.getByLabel('Sums by').getByRole('option').allInnerTexts(), ['model', 'agent']);
  });

  await step('a link with another key', async () => {
    const asked = new Promise(told => page.once('dialog', dialog => { told(dialog.message()); return dialog.dismiss(); }));
    await page.goto(`${url}/#key=${made}`);
    assert.ok((await asked).includes('a laptop'));
    await page.getByRole('link', { name: 'Keys' }).click();
    await item.waitFor();
  });

  await step('change', async () => {
    await item.getByRole('button', { name: 'Change repositories' }).click();
    const choice = item.getByRole('group', { name: 'What a laptop may see' });
    assert.ok(await choice.getByLabel('hats').isChecked());
    await choice.getByLabel('secrets').check();
    await accessible();
    await look('change');
    await item.getByRole('button', { name: 'Save' }).click();
    await item.getByText('May see hats, secrets.').waitFor();
    await item.getByRole('button', { name: 'Change team' }).click();
    await item.getByLabel('Team of a laptop').fill('');
    await accessible();
    await item.getByRole('button', { name: 'Save' }).click();
    await item.getByText('No team.').waitFor();
    await holder.goto(`${url}/repositories`);
    await holder.getByRole('heading', { name: 'secrets' }).waitFor();
  });

  await step('dark and narrow', async () => {
    await narrow(360);
    await look('dark');
  });

  await step('revoke', async () => {
    const asked = [];
    const answer = accept => page.once('dialog', dialog => { asked.push(dialog.message()); return accept ? dialog.accept() : dialog.dismiss(); });
    answer(false);
    await item.getByRole('button', { name: 'Revoke a laptop' }).click();
    answer(true);
    await item.getByRole('button', { name: 'Revoke a laptop' }).click();
    await item.getByText('revoked', { exact: true }).waitFor();
    assert.ok(asked.length === 2 && asked.every(text => text.includes('a laptop')));
    assert.equal(await item.getByRole('button').count(), 0);
    assert.ok(await item.evaluate(element => element === document.activeElement), 'The focus is lost.');
    await accessible();
    await look('revoked');
  });

  await step('activity', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('link', { name: 'Activity' }).click();
    const rows = page.getByRole('region', { name: 'Activity' }).getByRole('row');
    await rows.filter({ hasText: 'a laptop' }).first().waitFor();
    const noted = (await rows.filter({ hasText: 'a laptop' }).allInnerTexts()).map(text => text.split('\t').slice(1).join(' ')).reverse();
    assert.equal(noted[0], 'first key made a key a laptop only hats, team shop');
    assert.equal(noted.at(-1), 'first key revoked a laptop');
    assert.match(await rows.last().innerText(), /first key\tsigned in/);
    await page.reload();
    await rows.filter({ hasText: 'a laptop' }).first().waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download all as CSV' }).click()]);
    assert.equal(file.suggestedFilename(), 'activity.csv');
    await accessible();
    await look('activity');
    await narrow(320);
  });

  await step('signed out', async () => {
    await holder.reload();
    await holder.getByLabel('API key').fill(made);
    await holder.getByRole('button', { name: 'Sign in' }).click();
    await holder.getByText('That key is not valid.').waitFor();
  });
});
