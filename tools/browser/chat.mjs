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
    await page.goto(`${url}/#key=not-the-key`);
    await page.getByRole('alert').getByText('That key is not valid.').waitFor();
    problems.length = 0; // The browser reports the 401s that this step is about.
    await page.goto(`${url}/#key=${key}`);
    await page.getByRole('textbox', { name: 'Question' }).waitFor();
    assert.ok(!page.url().includes(key), 'The key stays in the address.');
  });

  await step('ask', async () => {
    await page.getByRole('textbox', { name: 'Question' }).fill('What is sold?');
    await page.getByRole('textbox', { name: 'Question' }).dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
    assert.equal(await page.locator('.exchange').count(), 0, 'The key that picks a word of an input method asks.');
    await page.keyboard.press('Enter');
    await page.getByText('verified citation').waitFor();
    await page.getByRole('heading', { name: 'Answer of the model' }).waitFor();
    await page.getByRole('status').getByText('The answer is complete.').waitFor();
    assert.equal(await page.evaluate(() => window.stolen), undefined, 'A script of the answer ran.');
    assert.equal(await page.locator('.answer :is(img, iframe, script, form, svg, style)').count(), 0);
    assert.equal(await page.locator('.answer a[href^="javascript:"], .answer a[href^="data:"]').count(), 0);
    await accessible();
    await look('answer');
  });

  await step('a source', async () => {
    const name = (await page.locator('.answer .cite').first().getAttribute('data-cite')).split('@')[0];
    await page.route('**/api/repositories', route => route.fulfill({ json: [{ name, source: 'https://github.com/shop/hats.git' }] }));
    await page.locator('.answer .cite').first().click();
    assert.match(await page.locator('.source').getByRole('link', { name: 'Open at github.com' }).getAttribute('href'), /^https:\/\/github\.com\/shop\/hats\/blob\/[0-9a-f]+\/.+#L\d/);
    await page.unroute('**/api/repositories');
    await page.locator('.source .cited').getByText('The shop sells hats.').waitFor();
    await accessible();
    await look('source');
    await page.keyboard.press('Escape');
    await page.locator('.source').waitFor({ state: 'detached' });
    // The browser is back a moment after the page.
    await page.waitForFunction(() => !history.state?.source);
    assert.ok(await page.locator('.answer .cite').first().evaluate(cite => cite === document.activeElement), 'Focus is not where the source was opened.');
    const address = page.url();
    await page.locator('.answer .cite').first().click();
    await page.locator('.source').waitFor();
    await page.goBack();
    await page.locator('.source').waitFor({ state: 'detached' });
    assert.equal(page.url(), address, 'The way back from a source leads out of the conversation.');
  });

  await step('a source that is gone', async () => {
    await page.route('**/api/file?*', route => route.fulfill({ status: 404, json: { title: 'There is no such place.', detail: 'Its repository was removed.' } }));
    await page.locator('.answer .cite').first().click();
    await page.locator('.source').getByRole('alert').getByText('There is no such place. Its repository was removed.').waitFor();
    await page.locator('.source .cited').getByText('The shop sells hats.').waitFor();
    await accessible();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !history.state?.source);
    await page.unroute('**/api/file?*');
    problems.length = 0; // The browser reports the 404 that this step is about.
  });

  await step('reload', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'Answer of the model' }).waitFor();
    await page.getByText('verified citation').waitFor();
    await page.getByRole('link', { name: 'What is sold?' }).waitFor();
    assert.equal(await page.title(), 'What is sold? – Nura');
  });

  await step('whether it was good', async () => {
    const [good, bad] = ['Good answer', 'Bad answer'].map(name => page.getByRole('button', { name }));
    const pressed = async (yes, no) => {
      await good.and(page.locator(`[aria-pressed=${yes}]`)).waitFor();
      await bad.and(page.locator(`[aria-pressed=${no}]`)).waitFor();
    };
    await pressed(false, false);
    await page.route('**/rating', route => route.fulfill({ status: 503, json: { title: 'The database is away.' } }));
    await good.click();
    await page.getByRole('alert').getByText('The database is away.').waitFor();
    await pressed(false, false);
    await page.unroute('**/rating');
    problems.length = 0; // The browser reports the 503 that this step is about.
    await bad.click();
    await pressed(false, true);
    assert.equal(await page.getByRole('alert').count(), 0);
    await good.press('Enter');
    await pressed(true, false);
    assert.ok(await good.evaluate(button => button === document.activeElement), 'The focus is lost.');
    for (const button of [good, bad]) {
      const { width, height } = await button.boundingBox();
      assert.ok(width >= 24 && height >= 24, 'A button is too small to be touched.');
    }
    await accessible();
    await good.scrollIntoViewIfNeeded();
    await look('rated');
    await page.reload();
    await pressed(true, false);
    await narrow(320);
    await good.scrollIntoViewIfNeeded();
    await look('rated-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await good.click();
    await pressed(false, false);
    await page.reload();
    await page.getByText('verified citation').waitFor();
    await pressed(false, false);
  });

  await step('an answer that was cut', async () => {
    const cut = { type: 'done', state: 'completed', finishReason: 'length', inputTokens: 1, outputTokens: 1, citationsVerified: 0, citationsRemoved: 0, costUsd: 0.00042 };
    await page.route('**/events', route => route.fulfill({ contentType: 'text/event-stream', body: `id: 1\nevent: done\ndata: ${JSON.stringify(cut)}\n\n` }));
    await page.reload();
    await page.getByText('The answer was cut').waitFor();
    await page.getByText('2 tokens · $0.00042').waitFor();
    await page.unroute('**/events');
    await page.reload();
    await page.getByText('1 verified citation').waitFor();
    assert.equal(await page.getByText('The answer was cut').count(), 0);
  });

  await step('a model of one\'s own choice', async () => {
    const question = page.getByRole('textbox', { name: 'Question' });
    const model = page.getByRole('combobox', { name: 'Model' });
    const asked = async text => {
      await question.fill(text);
      const [request] = await Promise.all([page.waitForRequest('**/turns'), page.getByRole('button', { name: 'Ask', exact: true }).click()]);
      await page.locator('.exchange').last().locator('.meta').waitFor();
      return request.postDataJSON().model;
    };
    await page.getByRole('link', { name: 'New question' }).click();
    assert.equal(await model.inputValue(), '');
    assert.deepEqual(await model.locator('option').allTextContents(), ['auto (Nura chooses)', 'mock']);
    assert.equal(await asked('And hats?'), undefined, 'A model is asked for that nobody chose.');
    await model.selectOption('mock');
    assert.equal(await asked('And which hats?'), 'mock');
    await page.locator('.exchange').last().locator('.meta').getByText('mock · ').waitFor();
    await accessible();
    await look('model');
    await page.reload();
    await page.locator('.exchange').last().locator('.meta').getByText('mock · ').waitFor();
    assert.equal(await model.inputValue(), 'mock', 'The choice is forgotten.');
    // Gone since it was chosen, then nothing left to choose from.
    await page.route('**/api/models', route => route.fulfill({ json: [{ id: 'other', provider: 'fake' }, { id: 'third', provider: 'fake' }] }));
    await page.reload();
    await model.waitFor();
    assert.equal(await model.inputValue(), '');
    await page.route('**/api/models', route => route.fulfill({ json: [{ id: 'offline', provider: 'offline' }] }));
    await page.reload();
    await page.getByRole('option', { name: 'nura', exact: true }).waitFor({ state: 'attached' });
    assert.equal(await model.count(), 0, 'A choice of one is offered.');
    assert.equal(await asked('And who chooses?'), undefined, 'A model is asked for that nobody can see.');
    await page.unroute('**/api/models');
    await page.reload();
    await model.selectOption('');
  });

  await step('a model that stood in', async () => {
    const events = [
      { type: 'route', chosen: 'dear', rule: 'asked for', candidates: [] },
      { type: 'citation', citation: { repository: 'shop', commit: '0123456', path: `${'Long'.repeat(20)}.cs`, startLine: 1, endLine: 2 }, text: '' },
      { type: 'done', state: 'completed', finishReason: 'stop', model: 'cheap', inputTokens: 1, outputTokens: 1, citationsVerified: 0, citationsRemoved: 0, costUsd: 0 },
    ];
    await page.route('**/events', route => route.fulfill({ contentType: 'text/event-stream', body: events.map((event, at) => `id: ${at + 1}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('') }));
    await page.reload();
    await page.getByText('cheap in place of dear · 2 tokens').first().waitFor();
    await page.setViewportSize({ width: 320, height: 700 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320, 'The name of a file widens the page.');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.unroute('**/events');
    await page.reload();
    await page.locator('.exchange').last().locator('.meta').getByText('mock · ').waitFor();
    await page.getByRole('link', { name: 'What is sold?' }).click();
    await page.getByText('1 verified citation').waitFor();
  });

  await step('a question put anew', async () => {
    const question = page.getByRole('textbox', { name: 'Question' });
    const edit = page.getByRole('button', { name: 'Edit question' });
    await question.fill('Half a question');
    page.once('dialog', dialog => dialog.dismiss());
    await edit.click();
    assert.equal(await question.inputValue(), 'Half a question', 'What was written is lost.');
    page.once('dialog', dialog => dialog.accept());
    await edit.focus();
    await page.keyboard.press('Enter');
    assert.equal(await question.inputValue(), 'What is sold?');
    assert.ok(await question.evaluate(field => field === document.activeElement && field.selectionStart === field.value.length), 'It cannot be written on at once.');
    assert.equal(await page.locator('.exchange').count(), 1);
    await question.fill('');
  });

  await step('ask from above', async () => {
    await page.setViewportSize({ width: 1440, height: 400 });
    assert.ok(await page.evaluate(() => {
      scrollTo(0, 0);
      dispatchEvent(new Event('scroll'));
      return document.body.scrollHeight > innerHeight + 200;
    }), 'There is nothing to scroll.');
    await page.getByRole('textbox', { name: 'Question' }).fill('Never end');
    await page.keyboard.press('Enter');
    await page.getByText('Working on it').waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('.question')].at(-1).getBoundingClientRect().bottom <= innerHeight);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await step('stop', async () => {
    const focused = () => page.getByRole('textbox', { name: 'Question' }).evaluate(field => field === document.activeElement);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.exchange').getByText('Stopped.').waitFor();
    await page.getByRole('status').getByText('The answer was stopped.').waitFor();
    assert.ok(await focused(), 'The focus went with the button that stops.');
    await page.locator('.exchange').last().getByText('mock · 0 verified citations').waitFor();
    assert.equal(await page.locator('.exchange').last().getByRole('button', { name: 'Good answer' }).count(), 0, 'An answer that was stopped is asked about.');
    await page.getByRole('button', { name: 'Ask again' }).press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    assert.ok(await focused(), 'The focus went with the button that asks again.');
    await page.keyboard.press('Escape');
    await page.locator('.exchange').last().getByText('Stopped.').waitFor();
    await page.getByRole('textbox', { name: 'Question' }).fill('Never end, asked twice');
    const asked = await page.locator('.exchange').count();
    await page.getByRole('button', { name: 'Ask', exact: true }).dblclick();
    await page.locator('.exchange').last().getByText('Working on it').waitFor();
    assert.equal(await page.locator('.exchange').count(), asked + 1, 'A double click asks twice.');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.exchange').last().getByText('Stopped.').waitFor();
  });

  await step('stop before the run is known', async () => {
    let letGo;
    const mayGo = new Promise(resolve => { letGo = resolve; });
    await page.route('**/turns', route => mayGo.then(() => route.continue()));
    await page.getByRole('textbox', { name: 'Question' }).fill('Never end at all');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stopping…' }).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Ask again' }).first().isDisabled(), 'Two answers can be asked for at once.');
    letGo();
    await page.locator('.exchange').last().getByText('Stopped.').waitFor();
    await page.unroute('**/turns');
  });

  await step('a question that is not taken', async () => {
    const question = page.getByRole('textbox', { name: 'Question' });
    await page.route('**/turns', route => route.fulfill({ status: 503, json: { title: 'The agents are away.' } }));
    await question.fill('Is it taken?');
    await question.press('Enter');
    await page.getByRole('alert').getByText('The agents are away.').waitFor();
    assert.equal(await question.inputValue(), 'Is it taken?', 'The question is lost.');
    await page.unroute('**/turns');
    const asking = page.waitForRequest('**/turns');
    await question.fill('Never end after that');
    await question.press('Enter');
    const roles = (await asking).postDataJSON().messages.map(({ role }) => role);
    assert.ok(roles.every((role, at) => role === (at % 2 === 0 ? 'user' : 'assistant')), `Roles do not take turns: ${roles}`);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.exchange').last().getByText('Stopped.').waitFor();
    problems.length = 0; // The browser reports the 503 that this step is about.
  });

  await step('a first question that is not taken', async () => {
    const question = page.getByRole('textbox', { name: 'Question' });
    await page.route('**/api/conversations', route => route.fulfill({ status: 503, json: { title: 'The database is away.' } }));
    await page.getByRole('link', { name: 'New question' }).click();
    await question.fill('Is this one taken?');
    await question.press('Enter');
    await page.getByRole('alert').getByText('The database is away.').waitFor();
    await page.getByRole('link', { name: 'New question' }).click();
    await page.getByText('What do you want to know?').waitFor();
    assert.equal(await question.inputValue(), 'Is this one taken?', 'The question is lost.');
    await page.unroute('**/api/conversations');
    await page.goBack();
    await page.getByText('1 verified citation').waitFor();
    problems.length = 0; // The browser reports the 503 that this step is about.
  });

  await step('a first question that is left', async () => {
    let letGo;
    const mayGo = new Promise(resolve => { letGo = resolve; });
    await page.route('**/turns', route => mayGo.then(() => route.continue()));
    await page.route('**/api/conversations', route => mayGo.then(() => route.continue()));
    await page.getByRole('link', { name: 'New question' }).click();
    const question = page.getByRole('textbox', { name: 'Question' });
    const kept = await question.inputValue();
    await question.fill('Never end, and never mind');
    await question.press('Enter');
    await page.getByRole('link', { name: 'Repositories' }).click();
    const asked = page.waitForResponse('**/turns');
    letGo();
    await asked;
    await page.getByRole('link', { name: 'Never end, and never mind' }).waitFor();
    assert.ok(page.url().endsWith('/repositories'), 'The page was left, and came back.');
    await page.unroute('**/turns');
    await page.unroute('**/api/conversations');
    await page.getByRole('link', { name: 'Never end, and never mind' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.exchange').last().getByText('Stopped.').waitFor();
    await page.getByRole('link', { name: 'New question' }).click();
    await question.fill(kept);
    await page.getByRole('link', { name: 'What is sold?' }).click();
    await page.getByText('1 verified citation').waitFor();
  });

  await step('questions half written', async () => {
    const question = page.getByRole('textbox', { name: 'Question' });
    assert.equal(await question.inputValue(), '', 'What is written in one conversation stands in another.');
    await question.fill('Half a question');
    await page.getByRole('link', { name: 'New question' }).click();
    await page.getByText('What do you want to know?').waitFor();
    assert.equal(await question.inputValue(), 'Is this one taken?');
    await question.fill('');
    await page.goBack();
    await page.reload();
    await page.getByText('1 verified citation').waitFor();
    assert.equal(await question.inputValue(), 'Half a question');
    await question.fill('');
  });

  await step('rename', async () => {
    page.once('dialog', dialog => dialog.accept(' Hats '));
    await page.getByRole('button', { name: 'Rename "What is sold?"' }).click();
    await page.getByRole('link', { name: 'Hats', exact: true }).waitFor();
    assert.equal(await page.title(), 'Hats – Nura');
    page.once('dialog', dialog => dialog.accept('What is sold?'));
    await page.getByRole('button', { name: 'Rename "Hats"' }).click();
    await page.getByRole('link', { name: 'What is sold?' }).waitFor(); // Shown once the server has it; a reload before would take the request with it.
    await page.reload();
    await page.getByRole('link', { name: 'What is sold?' }).waitFor();
  });

  await step('a conversation that cannot be loaded', async () => {
    const question = page.getByRole('textbox', { name: 'Question' });
    await page.route('**/turns', route => route.fulfill({ status: 503, json: { title: 'The database is away.' } }));
    await page.reload();
    await page.getByText('This conversation is not here yet.').waitFor();
    await question.fill('And without what was said before?');
    await page.keyboard.press('Enter');
    assert.equal(await question.inputValue(), 'And without what was said before?', 'A question was asked without its conversation.');
    await accessible();
    await page.getByRole('link', { name: 'New question' }).click();
    await page.getByText('What do you want to know?').waitFor();
    await question.fill('Something new?');
    assert.ok(await page.getByRole('button', { name: 'Ask', exact: true }).isEnabled(), 'A new question cannot be asked.');
    await page.goBack();
    await page.getByText('This conversation is not here yet.').waitFor();
    await page.unroute('**/turns');
    await page.getByRole('button', { name: 'Load it again' }).click();
    await page.getByText('1 verified citation').waitFor();
    await question.fill('');
    problems.length = 0; // The browser reports the 503 that this step is about.
  });

  await step('a conversation that is gone', async () => {
    const address = page.url();
    await page.goto(`${url}/c/00000000-0000-0000-0000-000000000001`);
    await page.getByText('This conversation is gone').waitFor();
    await accessible();
    await page.getByRole('link', { name: 'new question', exact: true }).click();
    await page.getByText('What do you want to know?').waitFor();
    await page.goto(address);
    await page.getByText('1 verified citation').waitFor();
    problems.length = 0; // The browser reports the 404 that this step is about.
  });

  await step('lists that cannot be read', async () => {
    const kept = page.getByRole('link', { name: 'What is sold?' });
    const away = route => route.fulfill({ status: 503, json: { title: 'It is away.' } });
    await page.route('**/api/agents', away);
    await page.reload();
    await kept.waitFor();
    await page.unroute('**/api/agents');
    await page.getByRole('button', { name: 'Load the agents again' }).click();
    await page.getByRole('option', { name: 'nura', exact: true }).waitFor({ state: 'attached' });
    await page.route('**/api/conversations?*', away);
    await page.reload();
    await page.getByText('They could not be read.').waitFor();
    assert.equal(await page.getByText('None yet.').count(), 0);
    await accessible();
    await page.unroute('**/api/conversations?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await kept.waitFor();
    problems.length = 0; // The browser reports the 503s that this step is about.
  });

  await step('a session that cannot be read', async () => {
    await page.route('**/api/session', route => route.fulfill({ status: 503, json: { title: 'The database is away.' } }));
    await page.reload();
    await page.getByRole('alert').getByText('The database is away.').waitFor();
    assert.equal(await page.getByLabel('API key').count(), 0, 'The key is asked for although the session goes on.');
    await accessible();
    await page.unroute('**/api/session');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('1 verified citation').waitFor();
    problems.length = 0; // The browser reports the 503 that this step is about.
  });

  await step('what an action is told', async () => {
    let looks = 0;
    await page.route('**/api/repositories', route => {
      if (route.request().method() === 'POST') return route.fulfill({ status: 400, json: { title: 'There is no such repository.' } });
      looks++;
      return route.fulfill({ json: [{ id: '0', name: 'hats', source: 'hats', state: 'fetching', files: 0, chunks: 0, progress: { state: 'fetching', filesDone: 0, filesTotal: 0, filesSkipped: 0, filesFailed: 0, filesPerSecond: 0, fetchedPercent: 43.7 } }] });
    });
    await page.getByRole('link', { name: 'Repositories' }).click();
    await page.getByText('fetching, 43 %').waitFor();
    await page.getByLabel('Git URL or local path').fill('nowhere');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const told = page.getByRole('alert').getByText('There is no such repository.');
    await told.waitFor();
    for (const seen = looks; looks < seen + 2;) await page.waitForResponse('**/api/repositories');
    assert.ok(await told.isVisible(), 'Looking again took away why it was refused.');
    await page.goBack();
    await page.getByText('1 verified citation').waitFor();
    await page.unroute('**/api/repositories');
    problems.length = 0; // As above.
  });

  await step('older conversations', async () => {
    await page.evaluate(async () => {
      for (let i = 0; i < 100; i++) {
        await fetch('/api/conversations', { method: 'POST', headers: { 'content-type': 'application/json', 'x-nura-client': 'web' }, body: JSON.stringify({ title: `Another ${i}` }) });
      }
    });
    await page.reload();
    await page.getByRole('link', { name: 'Another 99' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'What is sold?' }).count(), 0);
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await page.getByRole('link', { name: 'What is sold?' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Another 0', exact: true }).count(), 1);
    assert.equal(await page.getByRole('button', { name: 'Show older ones' }).count(), 0);
  });

  await step('search', async () => {
    const search = page.getByRole('searchbox', { name: 'Search conversations' });
    await search.fill('SOLD what');
    await page.getByRole('status').getByText('1 found.').waitFor();
    await page.getByRole('link', { name: 'What is sold?' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Another 0', exact: true }).count(), 0);
    await accessible();
    await search.fill('%');
    await page.getByRole('status').getByText('Nothing found.').waitFor();
    await search.fill('');
    await page.getByRole('link', { name: 'Another 0', exact: true }).waitFor();
  });

  await step('dark and narrow', async () => {
    await narrow(320);
    await look('dark');
  });

  await step('touch', async () => {
    const browser = await page.context().newCDPSession(page);
    await browser.send('Emulation.setTouchEmulationEnabled', { enabled: true });
    const question = page.getByRole('textbox', { name: 'Question' });
    const asked = await page.locator('.exchange').count();
    await question.fill('One line');
    await question.press('Enter');
    assert.equal(await question.inputValue(), 'One line\n', 'A screen to be touched has no key for a new line.');
    assert.equal(await page.locator('.exchange').count(), asked);
    await browser.send('Emulation.setTouchEmulationEnabled', { enabled: false });
  });

  await step('sign-out', async () => {
    await page.getByRole('textbox', { name: 'Question' }).fill('What nobody else should read');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    assert.ok(!await page.evaluate(() => JSON.stringify({ ...sessionStorage })).then(kept => kept.includes('nobody else')), 'The draft outlives its writer.');
  });
});
