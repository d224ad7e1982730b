// The holder of the first key shares a conversation in a real browser; a colleague reads it, and one who is limited to repositories reads what they may.
// Usage: node share.mjs URL KEY COLLEAGUES_KEY LIMITED_KEY [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import { journey } from './journey.mjs';

const [url, key, colleaguesKey, limitedKey, folder] = process.argv.slice(2);
const question = 'What is sold in the shop?';

await journey(url, 'share', folder, async ({ page, context, look, step, accessible, narrow }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const somebody = async () => {
    const opened = await (await context.browser().newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    opened.setDefaultTimeout(20_000);
    return opened;
  };
  const [colleague, limited] = [await somebody(), await somebody()];
  const button = name => page.getByRole('button', { name, exact: true });
  const focused = place => place.evaluate(element => element === document.activeElement);
  const ask = async text => {
    await page.getByRole('textbox', { name: 'Question' }).fill(text);
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The answer is complete.').waitFor();
  };
  let link;

  await step('share', async () => {
    await page.goto(`${url}/#key=${key}`);
    await page.getByText('What do you want to know?').waitFor();
    assert.equal(await button('Share').count(), 0, 'There is nothing to share yet.');
    await ask(question);
    link = page.url();
    assert.equal(await page.getByRole('img', { name: 'Shared' }).count(), 0);
    const before = await page.locator('.question').boundingBox();
    await look('offered');
    await button('Share').press('Enter');
    await page.getByText('Everybody who can sign in here can read it, also what is asked later.').waitFor();
    await page.getByRole('status').getByText('The conversation is shared.').waitFor();
    assert.ok(await focused(button('Shared')), 'The focus is lost.');
    assert.equal(await page.locator('.head code').innerText(), link);
    await button('Copy link').click();
    await button('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    await page.getByRole('listitem').filter({ hasText: question }).getByRole('img', { name: 'Shared' }).waitFor();
    await accessible();
    await look('shared');
    await narrow(320);
    await look('shared-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await button('Shared').click();
    assert.equal(await button('Copy link').count(), 0);
    assert.deepEqual(await page.locator('.question').boundingBox(), before, 'The page has moved.');
  });

  await step('a colleague reads', async () => {
    await colleague.goto(link);
    await colleague.getByLabel('API key').fill(colleaguesKey);
    await colleague.getByRole('button', { name: 'Sign in' }).click();
    await colleague.getByText('Shared by first key.').waitFor();
    await colleague.getByText('verified citation').waitFor();
    assert.equal(colleague.url(), link);
    assert.equal(await colleague.title(), `${question} – Nura`);
    assert.ok(await focused(colleague.getByRole('heading', { name: question, level: 1 })), 'A keyboard begins at the top.');
    await accessible(colleague);
    await look('reader', colleague);
    await colleague.locator('.answer .cite').first().click();
    await colleague.locator('.source .cited').getByText('The shop sells hats.').waitFor();
    await accessible(colleague);
    await colleague.keyboard.press('Escape');
    await colleague.waitForFunction(() => !history.state?.source);
    assert.ok(await focused(colleague.locator('.answer .cite').first()));
    await narrow(320, colleague);
    await look('reader-dark', colleague);
  });

  await step('and does nothing else', async () => {
    assert.equal(await colleague.getByRole('textbox').count(), 0);
    assert.equal(await colleague.getByRole('button', { name: /Ask|Edit|Share|Stop|Rename|Delete|Good|Bad/ }).count(), 0);
    const refused = await colleague.evaluate(async place => {
      const ask = (method, below, body) => fetch(`/api/conversations/${place}${below}`, { method, headers: { 'content-type': 'application/json', 'x-nura-client': 'web' }, body: body && JSON.stringify(body) }).then(({ status }) => status);
      return [await ask('POST', '/turns', { question: '?', agent: 'nura', messages: [{ role: 'user', content: '?' }] }), await ask('PATCH', '', { title: 'Mine' }), await ask('DELETE', '/share'), await ask('DELETE', '')];
    }, link.split('/').at(-1));
    assert.deepEqual(refused, [404, 404, 404, 404]);
  });

  await step('a reader with a limit', async () => {
    await limited.goto(`${link}#key=${limitedKey}`);
    await limited.getByText('This answer may draw on repositories that you cannot see.').waitFor();
    await limited.getByRole('heading', { name: question, level: 2 }).waitFor();
    assert.equal(await limited.getByText('The shop sells hats.').count(), 0);
    await accessible(limited);
    await look('limited', limited);
  });

  await step('what is asked later', async () => {
    await ask('And who sells the hats?');
    await page.locator('.exchange').nth(1).getByText('verified citation').waitFor();
    await colleague.reload();
    await colleague.locator('.exchange').nth(1).getByText('verified citation').waitFor();
  });

  await step('stop sharing', async () => {
    await page.reload();
    await page.locator('.exchange').nth(1).getByText('verified citation').waitFor();
    assert.ok(await focused(page.getByRole('textbox', { name: 'Question' })));
    assert.equal(await button('Shared').getAttribute('aria-expanded'), 'false');
    await button('Shared').click();
    await button('Stop sharing').press('Enter');
    await page.getByRole('status').getByText('The conversation is not shared any more.').waitFor();
    await button('Share').waitFor();
    assert.ok(await focused(button('Share')), 'The focus is lost.');
    assert.equal(await page.getByRole('img', { name: 'Shared' }).count(), 0);
    await accessible();
  });

  await step('gone', async () => {
    await colleague.reload();
    await colleague.getByText('This conversation is gone: it was deleted, or belongs to another key and is not shared with you.').waitFor();
    await accessible(colleague);
    await look('gone', colleague);
  });

  await step('a question of one\'s own', async () => {
    await button('Share').dblclick();
    await button('Copy link').waitFor();
    await colleague.reload();
    await colleague.getByRole('link', { name: 'Ask something yourself' }).click();
    await colleague.waitForFunction(() => document.activeElement?.id === 'question');
    await colleague.goBack();
    await colleague.getByText('Shared by first key.').waitFor();
    assert.equal(await colleague.getByRole('textbox').count(), 0);
  });
});
