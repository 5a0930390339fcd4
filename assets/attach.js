// Files for the next message: chosen, dropped or pasted. They are sent in parts over the page's own
// connection; what the server has taken is what the tray shows.
const PART_BYTES = 1500000; // a multiple of three, so that parts of base64 fit together
const tray = () => document.querySelector("#tray .tray");
const picker = Object.assign(document.createElement("input"), { type: "file", multiple: true, hidden: true });
picker.setAttribute("aria-label", "Files to add");
document.body.append(picker);
let files = [], sending = "", refused = "", asked = false;

function chip(text, size, onRemove) {
  const item = document.createElement("span");
  item.className = "attached";
  item.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (size) item.append(Object.assign(document.createElement("span"), { className: "size", textContent: size }));
  if (onRemove) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    button.setAttribute("aria-label", `Remove ${text}`);
    button.addEventListener("click", onRemove);
    item.append(button);
  }
  return item;
}

const readable = (size) =>
  size < 1000 ? `${size} B` : size < 1e6 ? `${(size / 1e3).toFixed(1)} KB` : `${(size / 1e6).toFixed(1)} MB`;

function showTray() {
  if (!tray()) return;
  const chips = files.map((file) => chip(file.name, readable(file.size), () => removeFile(file.name)));
  if (sending) chips.push(Object.assign(chip(sending, "…"), { className: "attached sending" }));
  if (refused) chips.push(Object.assign(chip(refused, "", () => { refused = ""; showTray(); }), { className: "attached refused" }));
  tray().replaceChildren(...chips);
}

function takeTray(listed) {
  files = listed || [];
  showTray();
}

const encoded = (blob) => new Promise((done, fail) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => fail(reader.error);
  reader.readAsDataURL(blob);
});

async function sendFile(file) {
  let offset = 0;
  // A page that has only just opened has no conversation yet.
  for (let tries = 0; !tab && tries < 100; tries++) await new Promise((go) => { setTimeout(go, 100); });
  do {
    const part = file.slice(offset, offset + PART_BYTES);
    const data = part.size ? await encoded(part) : "";
    const answer = await server.add_file({ tab, name: file.name, size: file.size, offset, data });
    if (!answer) throw new Error("The server could not be reached. Please add the file again.");
    if (answer.files) takeTray(answer.files);
    if (answer.error) throw new Error(answer.error);
    offset += PART_BYTES;
  } while (offset < file.size);
}

let queue = Promise.resolve(), waiting = 0; // one file after the other, however many are added at once

function addFiles(chosen) {
  if (!waiting) refused = "";
  waiting += 1;
  queue = queue.then(() => sendAll(chosen));
}

async function sendAll(chosen) {
  for (const file of chosen) {
    sending = file.name;
    showTray();
    try { await sendFile(file); } catch (error) { refused = error.message || `${file.name} could not be read.`; }
  }
  waiting -= 1;
  if (waiting) return;
  sending = "";
  showTray();
  if (asked && !refused) document.querySelector("#send").click();
  asked = false;
}

// A message that is sent while a file is on its way waits for it.
function waitForFiles(event) {
  const enter = event.key === "Enter" && !event.shiftKey && event.target.closest("#composer");
  const click = event.type === "click" && event.target.closest("#send");
  if (!sending || !(enter || click)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  asked = true;
}
for (const type of ["keydown", "click"]) document.addEventListener(type, waitForFiles, true);

async function removeFile(name) {
  const answer = await server.remove_file({ tab, name });
  if (answer && answer.files) takeTray(answer.files);
}

picker.addEventListener("change", () => { addFiles([...picker.files]); picker.value = ""; });
document.addEventListener("click", (event) => { if (event.target.closest("#attach")) picker.click(); });
const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.dataset.dropping = "yes";
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) delete document.body.dataset.dropping; });
document.addEventListener("drop", (event) => {
  delete document.body.dataset.dropping;
  if (!carriesFiles(event)) return;
  event.preventDefault();
  addFiles([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const pasted = [...(event.clipboardData ? event.clipboardData.files : [])];
  if (!pasted.length) return;
  event.preventDefault();
  addFiles(pasted);
});
