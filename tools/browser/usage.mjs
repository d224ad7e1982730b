// An administrator's way through the usage page in a real browser. Forty days ago somebody of the team "shop" used the model "dear".
// Usage: node usage.mjs URL KEY [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { journey } from './journey.mjs';

const [url, key, folder] = process.argv.slice(2);

await journey(url, 'usage', folder, async ({ page, problems, look, step, accessible, narrow }) => {
  const headers = { 'x-nura-client': 'web' };
  const figure = name => page.locator('.sums div').filter({ has: page.getByText(name, { exact: true }) }).locator('dd');
  const rows = () => page.getByRole('region', { name: /^By / }).getByRole('row').allInnerTexts().then(texts => texts.slice(1).map(text => text.split(/\s*\t\s*/)));

  await step('no calls', async () => {
    await page.goto(`${url}/#key=${key}`);
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByText('No calls in this time.').waitFor();
    assert.equal(await figure('Cost in US dollars').innerText(), '$0');
    await accessible();
    await look('empty');
  });

  await step('ask', async () => {
    await page.goto(url);
    await page.getByRole('textbox', { name: 'Question' }).fill('What is sold?');
    await page.keyboard.press('Enter');
    await page.getByText('verified citations').waitFor();
    const refused = await page.request.post(`${url}/v1/chat/completions`, { headers, data: { model: 'mock', messages: [{ role: 'user', content: 'Fail' }] } });
    assert.ok(!refused.ok());
    // Rows are written after the answer.
    const written = async () => (await (await page.request.get(`${url}/api/models/usage?by=model`, { headers })).json()).some(sum => sum.failed === 1 && sum.cost > 0);
    for (const until = Date.now() + 20_000; !await written();) assert.ok(Date.now() < until, 'The calls are not recorded.');
  });

  await step('thirty days', async () => {
    await page.goto(`${url}/usage`);
    await page.getByRole('heading', { name: 'By model' }).waitFor();
    const [[model, cost, calls, failed], ...others] = await rows();
    assert.deepEqual([model, failed, others.length], ['mock', '1', 0]);
    assert.match(cost, /^\$0\.000\d+$/);
    // With what the model "dear" cost forty days ago.
    assert.match(await page.getByRole('region', { name: 'Budgets' }).getByRole('row').last().innerText(), /^everybody\s+everybody\s+\$12\.50\s+\$25\.00 altogether\s+50 %\s+never$/);
    assert.deepEqual([await figure('Cost in US dollars').innerText(), await figure('Calls').innerText(), await figure('Failed calls').innerText()], [cost, calls, '1']);
    await page.getByRole('img', { name: cost }).waitFor();
    await page.getByText('Each day\'s cost').click();
    assert.equal(await page.locator('.days tbody tr').count(), 30);
    assert.equal(await page.locator('.days tbody tr').filter({ hasText: cost }).count(), 1);
    assert.equal(await page.getByText('What people say of the answers').count(), 0, 'Nobody has said anything yet.');
    await accessible();
    await look('thirty');
  });

  await step('what people say', async () => {
    await page.getByRole('link', { name: 'What is sold?' }).click();
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await page.locator('[aria-label="Bad answer"][aria-pressed=true]').waitFor();
    await page.getByRole('link', { name: 'Usage' }).click();
    const said = page.getByRole('region', { name: 'What people say of the answers' });
    await said.getByRole('rowheader', { name: 'mock' }).waitFor();
    assert.deepEqual(await said.getByRole('cell').allInnerTexts(), ['0', '1', '0 %']);
    await accessible();
    await said.scrollIntoViewIfNeeded();
    await look('said');
    await narrow(320);
    await said.scrollIntoViewIfNeeded();
    await look('said-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const [by, row] of [['agent', 'nura'], ['team', 'none']]) {
      await page.getByLabel('Sums by').selectOption(by);
      await said.getByRole('rowheader', { name: row }).waitFor();
    }
    await page.getByLabel('Sums by').selectOption('provider');
    await page.getByRole('heading', { name: 'By provider' }).waitFor();
    assert.equal(await said.count(), 0);
    await page.getByLabel('Sums by').selectOption('model');
    await said.waitFor();
  });

  await step('ninety days', async () => {
    await page.getByLabel('Time').selectOption('Last 90 days');
    await page.getByRole('region', { name: 'By model' }).getByRole('rowheader', { name: 'dear' }).waitFor();
    assert.deepEqual((await rows()).map(([model]) => model), ['dear', 'mock']);
    for (const [by, named] of [['team', ['shop', 'none']], ['provider', ['bedrock', 'openai']], ['user', ['none', 'first key']], ['agent', ['none', 'nura']], ['key', ['none', 'first key']]]) {
      await page.getByLabel('Sums by').selectOption(by);
      await page.getByRole('heading', { name: `By ${by}` }).waitFor();
      assert.deepEqual((await rows()).map(([name]) => name), named);
    }
    await accessible();
    await look('ninety');
  });

  await step('address', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'By key' }).waitFor();
    assert.equal(await page.getByLabel('Time').inputValue(), '90');
    assert.equal(new URL(page.url()).search, '?days=90&by=key');
    await page.goto(`${url}/usage?days=8&by=colour`);
    await page.getByRole('heading', { name: 'By model' }).waitFor();
    assert.equal(await page.getByLabel('Time').inputValue(), '30');
    await page.goBack();
    await page.getByRole('heading', { name: 'By key' }).waitFor();
  });

  await step('download', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as CSV' }).click()]);
    assert.match(download.suggestedFilename(), /^usage-by-key-[\d-]+\.csv$/);
    assert.match(await readFile(await download.path(), 'utf8'), /^key,calls,failed,.*\r\n(.+\r\n){2}$/);
  });

  await step('no answer', async () => {
    await page.route('**/api/models/usage?*', route => route.abort());
    await page.getByLabel('Time').selectOption('Last 7 days');
    await page.getByRole('alert').getByText('Nura does not answer.').waitFor();
    await accessible();
    problems.length = 0; // The browser reports the requests that this step broke off.
    await page.unroute('**/api/models/usage?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'By key' }).waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
  });

  await step('dark and narrow', async () => {
    await narrow(360);
    await look('dark');
  });
});
