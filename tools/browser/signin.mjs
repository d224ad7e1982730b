// Two people sign in with their identity provider in a real browser: an administrator, and a developer who makes a key for a tool, is shut out and let in again.
// Usage: node signin.mjs URL PROVIDER_URL [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import { journey } from './journey.mjs';

const [url, provider, folder] = process.argv.slice(2);

await journey(url, 'signin', folder, async ({ page, context, problems, look, step, accessible, narrow }) => {
  const elsewhere = await (await context.browser().newContext()).newPage();
  elsewhere.setDefaultTimeout(20_000);
  const item = name => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
  const signIn = async (there, person, place = '') => {
    await there.goto(`${url}/${place}`);
    await there.getByRole('link', { name: 'Sign in with Example' }).click();
    await there.getByRole('link', { name: person, exact: true }).click();
  };
  let made;

  await step('offered', async () => {
    await page.goto(url);
    await page.getByRole('link', { name: 'Sign in with Example' }).waitFor();
    assert.ok(!await page.getByLabel('API key').isVisible());
    await page.getByText('Sign in with an API key').click();
    assert.ok(await page.getByLabel('API key').isVisible());
    await accessible();
    await look('offered');
  });

  await step('refused', async () => {
    await signIn(page, 'nobody');
    await page.getByRole('alert').getByText('did not let you in').waitFor();
    assert.ok(!page.url().includes('#'));
    await accessible();
    await look('refused');
  });

  await step('signed in', async () => {
    // It leads to where a link wanted one to go, such as one to a shared conversation.
    await signIn(elsewhere, 'dev', 'c/00000000-0000-0000-0000-000000000001');
    await elsewhere.getByText('This conversation is gone').waitFor();
    await elsewhere.getByText('Signed in as dev@example.com.').waitFor();
    assert.equal(await elsewhere.getByRole('link', { name: 'Keys', exact: true }).count(), 0);
    await signIn(page, 'lead', 'keys');
    await item('dev@example.com').getByText('May see every repository. Team shop.').waitFor();
    await accessible();
    await look('people');
  });

  await step('own key', async () => {
    await elsewhere.getByRole('link', { name: 'My keys' }).click();
    await elsewhere.locator('#main').getByText('None yet.').waitFor();
    await elsewhere.getByLabel('Name').fill('an editor');
    await elsewhere.keyboard.press('Enter');
    await elsewhere.getByRole('heading', { name: 'The key "an editor" is made' }).waitFor();
    [made] = await elsewhere.locator('.once code').allInnerTexts();
    assert.match(made, /^nura_/);
    if (folder) await elsewhere.screenshot({ path: `${folder}/signin-own.png` });
    await elsewhere.reload();
    await elsewhere.getByText(made.slice(0, 12)).waitFor();
    assert.ok(!await elsewhere.content().then(html => html.includes(made)));
    assert.equal(await asks(), 200);
    await page.reload();
    await item('an editor').getByText("dev@example.com's own").waitFor();
    assert.equal(await item('an editor').getByRole('button').count(), 1);
  });

  await step('a link with a key', async () => {
    const there = await (await context.browser().newContext()).newPage();
    there.setDefaultTimeout(20_000);
    const follow = async accept => {
      const asking = there.waitForEvent('dialog');
      const going = there.goto(`${url}/#key=${made}`);
      const dialog = await asking;
      assert.equal(dialog.message(), 'This link signs you in as "dev@example.com", not as yourself with Example. Go on?');
      await (accept ? dialog.accept() : dialog.dismiss());
      await going;
    };
    await follow(false);
    await there.getByRole('link', { name: 'Sign in with Example' }).waitFor();
    await follow(true);
    await there.getByRole('button', { name: 'Sign out' }).waitFor();
    await there.context().close();
  });

  await step('shut out and let in again', async () => {
    page.once('dialog', dialog => dialog.accept());
    await item('dev@example.com').getByRole('button', { name: 'Shut out' }).click();
    await item('dev@example.com').getByText('shut out', { exact: true }).waitFor();
    assert.equal(await asks(), 401);
    await accessible();
    await look('shut-out');
    await signIn(elsewhere, 'dev');
    await elsewhere.getByRole('alert').getByText('An administrator has shut you out').waitFor();
    await item('dev@example.com').getByRole('button', { name: 'Let in again' }).click();
    await item('dev@example.com').getByRole('button', { name: 'Shut out' }).waitFor();
    assert.equal(await asks(), 200);
    await signIn(elsewhere, 'dev', 'my-keys');
    elsewhere.once('dialog', dialog => dialog.accept());
    await elsewhere.getByRole('button', { name: 'Revoke an editor' }).click();
    await elsewhere.getByText('revoked', { exact: true }).waitFor();
    assert.equal(await asks(), 401);
  });

  await step('dark and narrow', async () => {
    await narrow(360);
    await look('dark');
  });

  await step('signed out', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in with Example' }).waitFor();
  });

  async function asks() {
    return (await fetch(`${url}/api/session`, { headers: { authorization: `Bearer ${made}` } })).status;
  }
}, [provider]);
