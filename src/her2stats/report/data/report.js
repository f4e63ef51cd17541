"use strict";
// The page is whole without this script. It adds: colours by choice, sorting, large figures, downloads, the place in the contents.
(() => {
  const root = document.documentElement;
  root.classList.add("has-script");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const remembered = {
    get: () => { try { return localStorage.getItem("her2stats-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("her2stats-theme", value); } catch { /* private window: not remembered */ } },
  };

  const themes = { auto: ["Auto", "Colours: as the system"], light: ["Light", "Colours: light"], dark: ["Dark", "Colours: dark"] };
  const themeButton = document.querySelector("button.theme");
  const useTheme = (name) => {
    if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name;
    themeButton.textContent = themes[name][0];
    themeButton.setAttribute("aria-label", themes[name][1]);
  };
  let theme = Object.hasOwn(themes, remembered.get() ?? "") ? remembered.get() : "auto";
  useTheme(theme);
  themeButton.addEventListener("click", () => {
    const names = Object.keys(themes);
    theme = names[(names.indexOf(theme) + 1) % names.length];
    useTheme(theme);
    remembered.set(theme);
  });

  // Sorting: by the first number of a cell where most cells have one, else by text; empty cells stay last.
  const numberIn = (text) => {
    const found = text.replaceAll("−", "-").replaceAll(",", "").match(/-?\d+(\.\d+)?(e-?\d+)?/i);
    if (!found || /^\p{L}{2}/u.test(text)) return null;
    const value = Number(found[0]);
    return text.startsWith("<") ? value - 1e-9 : text.startsWith(">") ? value + 1e-9 : value;
  };
  const compare = (texts) => {
    const filled = texts.filter((text) => text !== "");
    const numeric = filled.length > 0 && filled.filter((text) => numberIn(text) !== null).length >= filled.length / 2;
    const words = new Intl.Collator("en", { numeric: true });
    return numeric ? [(text) => numberIn(text), (a, b) => a - b] : [(text) => (text === "" ? null : text), words.compare];
  };
  const sortBy = (table, column, direction) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    rows.forEach((row, place) => { row.dataset.place ??= place; });
    if (direction === "none") {
      rows.sort((a, b) => a.dataset.place - b.dataset.place);
    } else {
      const texts = new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));
      const [key, order] = compare([...texts.values()]);
      const sign = direction === "ascending" ? 1 : -1;
      rows.sort((a, b) => {
        const [x, y] = [key(texts.get(a)), key(texts.get(b))];
        if (x === null || y === null) return (x === null) - (y === null) || a.dataset.place - b.dataset.place;
        return sign * order(x, y) || a.dataset.place - b.dataset.place;
      });
    }
    body.append(...rows);
  };
  // Heading cell of every column, wherever headings span rows or columns.
  const columnHeads = (table) => {
    const [heads, taken] = [[], []];
    const rows = [...table.tHead.rows];
    rows.forEach((row, depth) => {
      let column = 0;
      [...row.cells].forEach((cell) => {
        while (taken[depth]?.[column]) column += 1;
        for (let below = depth; below < depth + cell.rowSpan; below += 1) {
          taken[below] ??= [];
          for (let across = column; across < column + cell.colSpan; across += 1) taken[below][across] = true;
        }
        if (depth + cell.rowSpan === rows.length && cell.colSpan === 1) heads[column] = cell;
        column += cell.colSpan;
      });
    });
    return heads;
  };
  all("[data-sortable] table").forEach((table) => {
    const heads = columnHeads(table);
    if (heads.length !== table.tBodies[0].rows[0]?.cells.length) return;
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "none" }[head.getAttribute("aria-sort")] ?? "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next !== "none") head.setAttribute("aria-sort", next);
        sortBy(table, column, next);
      });
    });
  });
  all(".scroll").forEach((box) => { if (box.scrollWidth <= box.clientWidth) box.removeAttribute("tabindex"); });

  // Downloads: the csv files lie compressed in the page.
  const save = (content, name, type) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const csvOf = async (name) => {
    const packed = document.querySelector(`script.csv[data-name="${CSS.escape(name)}"]`).textContent;
    const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).blob();
  };
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-csv]");
    if (!link || typeof DecompressionStream === "undefined") return;
    event.preventDefault();
    save(await csvOf(link.dataset.csv), `${link.dataset.csv}.csv`, "text/csv");
  });

  // Large figures.
  const dialog = document.querySelector("dialog.large");
  all("button.open-large").forEach((button) => button.addEventListener("click", () => {
    const figure = document.getElementById(button.dataset.figure);
    const image = figure.querySelector("img");
    const copy = image.cloneNode();
    copy.removeAttribute("loading");
    dialog.querySelector(".large-image").replaceChildren(copy);
    dialog.querySelector(".large-caption").textContent = figure.querySelector("figcaption strong").textContent;
    const download = document.createElement("button");
    download.type = "button";
    download.className = "open-large";
    download.textContent = `Save image (${image.dataset.kind})`;
    download.addEventListener("click", () => {
      const [head, body] = image.src.split(",");
      save(bytesOf(body), `${figure.id}.${image.dataset.kind}`, head.slice(5).split(";")[0]);
    });
    const data = figure.querySelector("a[data-csv]");
    dialog.querySelector(".large-links").replaceChildren(download, ...(data ? [data.cloneNode(true)] : []));
    dialog.showModal();
  }));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  all("button.copy").forEach((button) => button.addEventListener("click", async () => {
    const said = button.parentElement.querySelector(".copied");
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).innerText);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
      said.textContent = "Selected: copy it with the keyboard.";
    }
  }));

  // The place in the contents: the last section whose title has passed the top third of the window.
  const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const sections = all("main > section");
  let waiting = false;
  const mark = () => {
    waiting = false;
    const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3);
    const here = (passed.at(-1) ?? sections[0])?.id;
    links.forEach((link, id) => { if (id === here) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();

  // Paper waits for every image.
  addEventListener("beforeprint", () => all("img[loading]").forEach((image) => { image.loading = "eager"; }));
})();
