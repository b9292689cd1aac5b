"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const claims = all(".claim");
  const outputs = all(".output");
  const find = byId("find");
  const facets = all("[data-facet]");
  const unfold = byId("unfold");
  const tools = byId("tools");

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = new Map();
  const textOf = (entry) => {
    if (!texts.has(entry)) {
      const alts = all("img", entry).map((image) => image.alt).join(" ");
      texts.set(entry, plain(`${entry.id} ${entry.textContent} ${alts}`).replace(/\s+/g, " "));
    }
    return texts.get(entry);
  };

  const show = () => {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    const chosen = facets.filter((facet) => facet.value);
    const fits = (entry) => words.every((word) => textOf(entry).includes(word));
    const asked = (claim) => chosen.every((facet) => claim.dataset[facet.dataset.facet] === facet.value);
    const kept = new Set(claims.filter(asked).map((claim) => claim.id.slice("claim-".length)));
    claims.forEach((claim) => { claim.hidden = !(asked(claim) && fits(claim)); });
    outputs.forEach((output) => {
      const bears = !chosen.length || output.dataset.claims.split(" ").some((id) => kept.has(id));
      output.hidden = !(bears && fits(output));
    });
    all(".juncture").forEach((block) => { block.hidden = !all(".claim", block).some((claim) => !claim.hidden); });
    all("#claims > section").forEach((group) => { group.hidden = all(".claim", group).every((claim) => claim.hidden); });
    tell(words.length || chosen.length);
  };

  const tell = (narrowed) => {
    const count = (entries) => `${entries.filter((entry) => !entry.hidden).length} of ${entries.length}`;
    const kind = (name) => outputs.filter((output) => output.id.startsWith(name));
    const shown = `${count(kind("figure-"))} figures, ${count(kind("table-"))} tables, ${count(claims)} claims`;
    byId("status").textContent = narrowed ? `Shown: ${shown}.` : "";
  };

  const fold = (open) => claims.forEach((claim) => all("details", claim).forEach((each) => { each.open = open; }));

  const reveal = () => {
    let id = "";
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const target = id && byId(id);
    if (!target) {
      return;
    }
    const entry = target.closest(".entry") || target;
    if (entry.hidden || entry.closest("[hidden]")) {
      tools.querySelector("form").reset();
      show();
    }
    if (entry.classList.contains("claim")) {
      all("details", entry).forEach((each) => { each.open = true; });
    }
    target.scrollIntoView();
    target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  };

  const copy = async (button) => {
    const source = byId(button.dataset.from);
    const label = button.textContent;
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      done = document.execCommand("copy");
    }
    byId("said").textContent = done ? "Copied." : "Selected: copy it with the keyboard.";
    button.textContent = done ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = label; byId("said").textContent = ""; }, 2000);
  };

  let folded = [];
  const open = () => {
    folded = all("details:not([open])");
    folded.forEach((each) => { each.open = true; });
  };
  const close = () => {
    folded.forEach((each) => { each.open = false; });
    folded = [];
  };

  tools.hidden = false;
  all(".copy").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  });
  find.addEventListener("input", show);
  facets.forEach((facet) => facet.addEventListener("change", show));
  tools.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); show(); });
  tools.querySelector("form").addEventListener("reset", () => setTimeout(show));
  unfold.addEventListener("click", () => {
    const pressed = unfold.getAttribute("aria-pressed") !== "true";
    unfold.setAttribute("aria-pressed", String(pressed));
    fold(pressed);
  });
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", open);
  addEventListener("afterprint", close);
  show();
  reveal();
})();
