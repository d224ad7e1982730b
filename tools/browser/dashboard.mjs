// A person's way through the dashboard in a real browser: login, resources, stop and start, console, logs, a trace,
// metrics. Prints one line per step; exits 1 with the reason when the page does not do what a person expects.
// Usage: node dashboard.mjs LOGIN_URL [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [loginUrl, folder] = process.argv.slice(2);
const origin = new URL(loginUrl).origin;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // Chromium's own sandbox needs a user that containers do not have.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on('pageerror', error => problems.push(error.message));
  page.on('console', message => message.type() === 'error' && problems.push(message.text()));
  const look = name => folder && page.screenshot({ path: `${folder}/${name}.png` });
  const step = (name, work) => work().then(() => console.log(`ok ${name}`), error => { throw new Error(`${name}: ${error.message}`); });

  await step('login', async () => {
    await page.goto(origin);
    await page.getByLabel('Token').fill('not the token');
    await look('login');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    problems.length = 0; // The browser reports the 401 that this step is about.
    await page.goto(loginUrl);
    await page.getByRole('heading', { name: 'Resources' }).waitFor();
  });

  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'rag', exact: true }) });
  await step('resources', async () => {
    await row.getByText('Running').waitFor();
    await look('resources');
  });

  await step('stop and start by keyboard', async () => {
    const stop = page.getByRole('button', { name: 'Stop rag' });
    await stop.focus();
    await page.keyboard.press('Enter');
    await row.getByText('Finished').waitFor();
    await page.getByRole('button', { name: 'Start rag', exact: true }).click();
    await row.getByText('Running').waitFor();
  });

  await step('details', async () => {
    await page.getByRole('link', { name: 'rag', exact: true }).click();
    await page.getByRole('region', { name: 'rag' }).getByText('ASPNETCORE_ENVIRONMENT').waitFor();
    await look('details');
  });

  await step('console', async () => {
    await page.getByRole('link', { name: 'Console of rag' }).click();
    await page.getByRole('log').getByText('Start was asked for').waitFor();
    await look('console');
  });

  await step('structured logs', async () => {
    // Who chooses before the page's script is there is served all the same.
    let letScriptIn;
    const scriptMayCome = new Promise(resolve => { letScriptIn = resolve; });
    await page.route('**/dashboard.js', route => scriptMayCome.then(() => route.continue()));
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Logs' }).click();
    await page.getByText('Indexed 1200 files').first().waitFor();
    await page.getByLabel('Level').selectOption('Error');
    letScriptIn();
    await page.getByText('Indexed 1200 files').first().waitFor({ state: 'detached' });
    await page.locator('summary', { hasText: 'Provider did not answer' }).click();
    await look('logs');
  });

  await step('trace from a log record', async () => {
    await page.getByRole('link', { name: 'Open its trace' }).first().click();
    await page.getByRole('heading', { name: 'POST /v1/chat/completions' }).waitFor();
    await page.locator('summary', { hasText: 'failed' }).click();
    await page.getByText('Provider timed out').waitFor();
    await look('trace');
    await page.getByRole('link', { name: 'Traces' }).first().click();
    await page.getByRole('heading', { name: 'Traces' }).waitFor();
    await look('traces');
  });

  await step('metrics', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Metrics' }).click();
    await page.getByRole('link', { name: 'nura.request.duration' }).click();
    await page.getByRole('img', { name: /nura.request.duration/ }).waitFor();
    await look('metrics');
  });

  await step('a narrow screen', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of ['/', '/resources/rag', '/console?resource=rag', '/logs', '/traces', '/metrics']) {
      await page.goto(origin + path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 320, `${path} is ${wide} px wide`);
      await look(`narrow-${path.replaceAll(/\W+/g, '-')}`);
    }
  });

  if (folder) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const path of ['/', '/traces', '/logs', '/metrics']) {
      await page.goto(origin + path);
      await look(`dark-${path.replaceAll(/\W+/g, '-')}`);
    }
  }

  assert.deepEqual(problems, [], 'errors in the browser console');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
