// Applies patches by block id. All HTML in them was made and sanitised on the server; everything
// else is set as text.
const scroller = element.querySelector(".scroller");
const blocks = element.querySelector(".blocks");
const start = element.querySelector(".start");
const latest = element.querySelector(".latest");
const spoken = element.querySelector("[role=status]");
const WORDS = {
  idle: "Idle", starting: "Starting", preparing: "Preparing the model",
  planning: "Planning", thinking: "Thinking", writing: "Writing code", running: "Running code",
};
const ASKS = "Describe a task…", STEERS = "Tell the agent something…";
const NEAR_BOTTOM = 80; // pixels
let chat = -1, seq = -1, pinned = true;
const byId = new Map();
const shown = new WeakMap(); // the HTML of each block, as long as nothing was appended to it

// Patches

function bodyOf(id) {
  const block = byId.get(id);
  if (!block) return blocks;
  const body = block.querySelector(":scope > .body");
  return body || block.appendChild(Object.assign(document.createElement("div"), { className: "body" }));
}

function create(patch) {
  const block = document.createElement(patch.kind === "step" ? "section" : "div");
  block.dataset.block = patch.id;
  const target = block.appendChild(document.createElement("div"));
  target.className = "content";
  bodyOf(patch.parent).append(block);
  byId.set(patch.id, block);
  return block;
}

function put(patch) {
  const block = byId.get(patch.id) || create(patch);
  const content = block.firstElementChild;
  if (shown.get(block) !== patch.html) { // else what is selected or scrolled there stays so
    const opened = new Map();
    for (const fold of content.querySelectorAll("details[data-fold]")) opened.set(fold.dataset.fold, fold.open);
    content.innerHTML = patch.html;
    for (const fold of content.querySelectorAll("details[data-fold]")) {
      if (opened.has(fold.dataset.fold)) fold.open = opened.get(fold.dataset.fold);
    }
    shown.set(block, patch.html);
  }
  // An agent that has returned folds itself, once: who opens it again finds it open.
  const returned = patch.kind === "agent" && /ok|failed/.test(patch.state);
  if (returned && block.dataset.state !== patch.state) block.classList.add("folded");
  block.dataset.kind = patch.kind; // a call may turn out to be an agent's
  block.dataset.state = patch.state;
  mark(block, patch.running);
  markFold(block);
}

function mark(block, lines) {
  block.toggleAttribute("data-running", Boolean(lines));
  if (!lines) return;
  block.style.setProperty("--line", lines[0] - 1);
  block.style.setProperty("--lines", lines[1] - lines[0] + 1);
}

function append(patch) {
  const block = byId.get(patch.id);
  const target = block && block.querySelector("[data-text]");
  if (!target) return;
  shown.delete(block);
  const inner = target.scrollHeight - target.scrollTop - target.clientHeight < 24;
  let text = target.lastChild;
  if (!text || text.nodeType !== Node.TEXT_NODE) text = target.appendChild(document.createTextNode(""));
  text.appendData(patch.text);
  if (patch.keep && text.length > patch.keep) {
    text.deleteData(0, text.length - patch.keep);
    block.querySelector(".skipped").textContent = patch.skipped;
  }
  if (inner) target.scrollTop = target.scrollHeight;
}

function drop(patch) {
  const block = byId.get(patch.id);
  if (block) block.remove();
  byId.delete(patch.id);
}

const apply = { put, append, drop };

function setActivity(activity) {
  if (document.body.dataset.activity === activity) return;
  document.body.dataset.activity = activity;
  setWord();
  if (seq > 0) spoken.textContent = activity === "idle" ? "Finished" : WORDS[activity] || "";
}

function setWord() {
  const { activity, connection } = document.body.dataset;
  const word = document.querySelector("#status .word");
  if (word) word.textContent = connection === "lost" ? "Reconnecting…" : WORDS[activity] || "";
  const box = document.querySelector("#composer textarea");
  if (box) box.placeholder = !activity || activity === "idle" ? ASKS : STEERS;
}

function show(batch) {
  for (const patch of batch.patches) apply[patch.op](patch);
  seq = batch.seq;
  start.hidden = byId.size > 0;
  setActivity(batch.activity);
  if (pinned) toBottom(); else markLatest();
}

function clear() {
  blocks.replaceChildren();
  byId.clear();
  pinned = true;
}

function receive(batch) {
  if (batch.chat < chat || (batch.chat === chat && batch.seq <= seq)) return; // known, or outdated
  if (batch.chat > chat) { chat = batch.chat; seq = 0; }
  if (batch.base > seq) return; // something is missing: the next question brings it
  if (batch.base === 0 && !(ended && batch.seq === 0)) { clear(); ended = false; }
  show(batch);
}

// News: the page asks for them over and over, and so goes on by itself after a reload or when the
// connection was lost. The tab's secret is all that is kept, and for this tab only.

const TAB = "sandglass-tab";
const IDLE_MS = 20000, LATE_MS = 30000;
let tab = "", live = false, ended = false, failures = 0, wake = () => {};
const pause = (ms) => new Promise((go) => { wake = go; setTimeout(go, ms); });
const stored = () => { try { return sessionStorage.getItem(TAB) || ""; } catch { return ""; } };
const store = (secret) => { try { sessionStorage.setItem(TAB, secret); } catch { /* no reload then */ } };

function take(json) {
  const news = JSON.parse(json);
  if (news.tab && news.tab !== tab) {
    tab = news.tab;
    store(tab);
    chat = -1;
  }
  if (news.files) takeTray(news.files);
  for (const batch of news.batches) receive(batch);
  live = news.live;
}

function setConnected(connected) {
  failures = connected ? 0 : failures + 1;
  document.body.dataset.connection = connected ? "" : "lost";
  setWord();
}

// The server has let go of this conversation: what is on the page stays until the next message.
function end() {
  tab = "";
  live = false;
  ended = byId.size > 0;
  setActivity("idle");
  if (!ended) return;
  const note = document.createElement("p");
  note.className = "released";
  note.textContent = "This page was away for too long, so its conversation has ended. "
    + "Your next message starts a new one.";
  blocks.append(note);
  if (pinned) toBottom();
}

async function ask() {
  const late = new Promise((go) => { setTimeout(go, LATE_MS); });
  const news = await Promise.race([server.follow({ tab, chat, seq }), late]);
  setConnected(typeof news === "string"); // Gradio gives nothing where the request failed
  if (news) take(news);
  else if (news === "") end();
  else await pause(Math.min(5000, 250 * 2 ** failures));
}

async function follow() {
  for (;;) {
    try {
      if (!tab) {
        trigger("attach", { tab: stored() });
        await pause(3000);
      } else {
        if (!live && !failures) await pause(IDLE_MS);
        if (tab) await ask();
      }
    } catch (error) {
      console.error("transcript:", error);
      await pause(3000);
    }
  }
}

watch("value", () => {
  if (props.value) take(props.value);
  wake();
});
for (const event of ["online", "focus"]) window.addEventListener(event, () => wake());
window.addEventListener("offline", () => setConnected(false));
follow();

// Scrolling: it follows the newest unless the reader went up.

const atBottom = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM;
let ours = 0;
function toBottom() {
  if (byId.size === 0) { scroller.scrollTop = 0; return; } // the start screen
  ours = performance.now();
  scroller.scrollTop = scroller.scrollHeight;
  markLatest();
}
function markLatest() { latest.hidden = pinned || byId.size === 0; }
scroller.addEventListener("scroll", () => {
  if (performance.now() - ours < 60 && pinned) return; // our own
  pinned = atBottom();
  markLatest();
}, { passive: true });
for (const gesture of ["wheel", "touchmove"]) {
  scroller.addEventListener(gesture, () => { ours = 0; }, { passive: true });
}
latest.addEventListener("click", () => { pinned = true; toBottom(); });
new ResizeObserver(() => { if (pinned) toBottom(); }).observe(blocks);

// Folds, copies, downloads, examples

function markFold(block) {
  const head = block.querySelector(":scope > .content > .fold");
  if (head) head.setAttribute("aria-expanded", String(!block.classList.contains("folded")));
}

async function copy(button) {
  const holder = button.closest(".snippet, [data-block]");
  const source = button.dataset.copy === "source" ? "[data-source]" : "code";
  try {
    await navigator.clipboard.writeText(holder.querySelector(source).textContent);
    flash(button, "Copied");
  } catch {
    flash(button, "Select and copy by hand");
  }
}

function flash(button, word) {
  const before = button.dataset.word || (button.dataset.word = button.textContent);
  button.textContent = word;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { button.textContent = before; }, 1600);
}

async function download(button) {
  const file = await server.download({ tab, path: button.dataset.path });
  if (!file || file.error) {
    const note = button.querySelector(".size");
    note.textContent = (file && file.error) || "The server could not be reached.";
    return;
  }
  const bytes = Uint8Array.from(atob(file.data), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.classList.contains("fold")) {
    const block = button.closest("[data-block]");
    block.classList.toggle("folded");
    markFold(block);
  } else if (button.dataset.copy) copy(button);
  else if (button.dataset.path) download(button);
  else if (button.dataset.ask && document.body.dataset.activity === "idle") {
    trigger("ask", { text: button.dataset.ask });
  }
});
if (!document.body.dataset.activity) document.body.dataset.activity = "idle";
