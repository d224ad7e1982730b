// Keeps the open page up to date. Every page works without this script; it only saves reloading.
const main = document.getElementById('main');
const connection = document.getElementById('connection');
const busyElement = () => document.activeElement?.closest('input, select');

// Makes `now` look like `next` and leaves alone what has not changed, so that focus, scrolling, selections and
// opened rows survive. Elements with an id are matched by it, all others by their place.
function morph(now, next) {
  for (const { name, value } of [...next.attributes]) {
    if (now.getAttribute(name) !== value && !(name === 'open' && now.tagName === 'DETAILS')) now.setAttribute(name, value);
  }
  for (const { name } of [...now.attributes]) {
    if (!next.hasAttribute(name) && name !== 'open') now.removeAttribute(name);
  }
  if (now.matches('input, select, [data-keep]')) return;
  const known = new Map([...now.children].filter(child => child.id).map(child => [child.id, child]));
  let place = now.firstChild;
  for (const child of [...next.childNodes]) {
    const match = child.id ? known.get(child.id) : place;
    if (match && match.parentNode === now && match.nodeName === child.nodeName && (match.id ?? '') === (child.id ?? '')) {
      if (match !== place) now.insertBefore(match, place);
      if (match.nodeType === Node.ELEMENT_NODE) morph(match, child);
      else if (match.nodeValue !== child.nodeValue) match.nodeValue = child.nodeValue;
      place = match.nextSibling;
    } else {
      now.insertBefore(child, place);
    }
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

let refreshing = false, again = false;
async function refresh() {
  if (refreshing || document.hidden || busyElement()) { again = true; return; }
  refreshing = true;
  again = false;
  try {
    const answer = await fetch(location.href);
    if (new URL(answer.url).pathname === '/login') { location.assign(answer.url); return; }
    if (answer.headers.get('content-type')?.startsWith('text/html')) {
      morph(main, new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main'));
    }
  } catch {
    // The stream below notices and says that the connection is lost.
  } finally {
    setTimeout(() => { refreshing = false; if (again) refresh(); }, 500);
  }
}
document.addEventListener('focusout', () => again && setTimeout(refresh));

function notify(text, bad) {
  const notice = document.createElement('p');
  notice.textContent = text;
  notice.className = bad ? 'bad' : '';
  document.getElementById('notices').append(notice);
  setTimeout(() => notice.remove(), bad ? 12000 : 4000);
}

// A browser opens only six connections to a server: a tab that nobody sees gives its one back.
const lines = document.getElementById('lines');
let stream, lastLine = 0;
function connect() {
  if (stream || document.hidden || !main.hasAttribute('data-live')) return;
  stream = new EventSource(lines ? `${lines.dataset.stream}&after=${lastLine}` : '/changes');
  stream.addEventListener('open', () => { connection.textContent = 'Live'; connection.className = ''; });
  stream.addEventListener('error', () => {
    connection.textContent = 'Not connected. Is the AppHost running?';
    connection.className = 'lost';
    stream.close();
    stream = undefined;
    setTimeout(connect, 2000);
  });
  stream.addEventListener('changed', refresh);
  stream.addEventListener('lines', append);
}
function append(event) {
  const following = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
  lines.insertAdjacentHTML('beforeend', event.data);
  lastLine = event.lastEventId;
  while (lines.childElementCount > 5000) lines.firstElementChild.remove();
  if (following) lines.scrollTop = lines.scrollHeight;
}
connect();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) { connect(); refresh(); return; }
  stream?.close();
  stream = undefined;
});

document.addEventListener('submit', async event => {
  const form = event.target;
  if (!form.matches('form.command')) return;
  event.preventDefault();
  const button = event.submitter;
  const label = button.getAttribute('aria-label');
  // Not disabled while it works: a disabled button would lose the keyboard's focus.
  if (button.ariaBusy === 'true') return;
  button.ariaBusy = 'true';
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form, button)), headers: { Accept: 'text/plain' } });
    notify(answer.ok ? `${label}: done` : await answer.text() || `${label}: failed (${answer.status})`, !answer.ok);
  } catch {
    notify(`${label}: the AppHost does not answer`, true);
  }
  button.ariaBusy = null;
  refresh();
});

// A filter takes effect as it is chosen, also before this script was here; typed text on Enter.
document.addEventListener('change', event => event.target.matches('.filters select') && event.target.form.requestSubmit());
[...document.querySelectorAll('.filters option[selected]')].find(option => !option.selected)?.closest('form').requestSubmit();
