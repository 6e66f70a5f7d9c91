(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const OPERATIONS = ["create", "reboot", "delete"];
  const PAGE = 100, MOST_PRINTED = 2000, MOST_EXPLAINED = 200, MOST_NAMES = 6, MOST_FINDINGS = 20, MOST_FINDINGS_PRINTED = 2000, MOST_NODES = 40;
  const byId = (id) => document.getElementById(id);

  // Everything that comes from the report is set as text.
  const el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const plural = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  // Sentences have code between backticks.
  const sentence = (text) => text.split("`").map((part, at, all) =>
    at % 2 === 1 && all.length % 2 === 1 ? el("code", {}, part) : part + (all.length % 2 === 0 && at < all.length - 1 ? "`" : ""));

  // The head and the summary.
  const about = [`${plural(data.principals.length, "principal")}, ${plural(data.brokers.length, "broker")}`];
  if (data.terraform_version) about.push(`Terraform ${data.terraform_version}`);
  about.push(`mqwarden ${data.version}`);
  byId("about").textContent = about.join(" · ");
  byId("verdict").textContent = data.fails ? "failed" : "passed";
  byId("verdict").className = data.fails ? "failed" : "passed";
  const card = (number, label, kind) =>
    byId("summary").append(el("div", { class: `card ${kind}` }, el("b", {}, number.toLocaleString("en")), label));
  const counts = new Map(data.counts), verdicts = new Map(data.verdicts);
  for (const severity of ["error", "warning", "note"]) {
    if (counts.get(severity) || severity === "error") {
      const number = counts.get(severity) ?? 0;
      card(number, `${severity}${number === 1 ? "" : "s"}`, number ? severity : "");
    }
  }
  for (const verdict of ["allowed", "conditional", "unknown", "denied"]) card(verdicts.get(verdict) ?? 0, verdict, verdict);
  card(data.changed, "changed by this plan", "");

  // The findings.
  const list = (items) => el("ul", {}, ...items.map(([text, place]) =>
    el("li", {}, text, place ? el("code", {}, ` (${place})`) : null)));
  const findingNode = (finding, number) => {
    const kind = finding.accepted === null ? finding.severity : `${finding.severity} is-accepted`;
    const node = el("article", { class: `finding ${kind}`, id: `finding-${number}` },
      el("div", { class: "head" },
        el("span", { class: `badge ${finding.severity}` }, finding.severity),
        el("h3", {}, finding.rule),
        finding.place ? el("code", { class: "muted" }, finding.place) : null),
      el("p", {}, ...sentence(finding.message)),
      el("p", { class: "help" }, ...sentence(finding.help)));
    if (finding.accepted !== null) node.append(el("p", {}, el("span", { class: "badge" }, "accepted"), ` ${finding.accepted}`));
    if (finding.related.length > 0) node.append(list(finding.related));
    if (finding.fix) {
      node.append(el("details", {}, el("summary", {}, `Fix: ${finding.fix[0]}`),
        el("pre", {}, el("code", {}, finding.fix[1])), el("pre", {}, el("code", {}, finding.fix[2]))));
    }
    return node;
  };
  const shownFindings = (from, to) => data.findings.slice(from, to).map((finding, at) => findingNode(finding, from + at));
  const findings = byId("findings");
  const drawFindings = (to) => {
    findings.replaceChildren(...shownFindings(0, to));
    if (data.findings.length === 0) findings.append(el("p", { class: "empty" }, "Nothing was found."));
    const left = data.findings.length - to;
    if (left > 0) {
      const button = el("button", { type: "button" }, `Show ${plural(left, "more finding")}`);
      button.addEventListener("click", () => {
        drawFindings(data.findings.length);
        byId(`finding-${to}`)?.scrollIntoView();
      });
      findings.append(el("p", { class: "center" }, button));
    }
  };
  drawFindings(MOST_FINDINGS);

  // Why a cell is what it is.
  const SAYS = {
    allowed: "Allowed, whatever the request's context.",
    denied: "Denied, whatever the request's context.",
    conditional: "It depends on what only the request brings.",
    unknown: "It depends on a value that nothing given tells before apply.",
    none: "The principal or the broker does not exist after apply.",
  };
  const contextNode = (title, context) => el("div", {}, el("h3", {}, title),
    context.length === 0 ? el("p", {}, "no key") : el("dl", {}, ...context.flatMap(([key, values]) => [
      el("dt", {}, el("code", {}, key)),
      el("dd", {}, values === null ? "absent" : el("code", {}, values.join(", "))),
    ])));
  const because = (cell) => {
    const parts = [el("p", {}, SAYS[cell.after ?? "none"])];
    if (cell.before !== cell.after) {
      parts.push(el("p", {}, `Before this plan: ${cell.before ?? "the principal or the broker did not exist"}.`));
    }
    if (cell.allowed_when) {
      parts.push(el("div", { class: "contexts" }, contextNode("Allowed with", cell.allowed_when),
        contextNode("Denied with", cell.denied_when)));
    }
    if (cell.because.length > 0) parts.push(el("p", {}, "It hangs on:"), list(cell.because));
    const actions = (names) => names.flatMap((name, at) => [at > 0 ? ", " : "", el("code", {}, name)]);
    if (cell.missing.length > 0) parts.push(el("p", { class: "missing" }, "It also needs, and is not allowed: ", ...actions(cell.missing), "."));
    if (cell.unresolved.length > 0) {
      parts.push(el("p", {}, "It also needs, or may need, and it is not certain that it is allowed: ", ...actions(cell.unresolved), "."));
    }
    return parts;
  };
  const hasNote = (cell) => cell.allowed_when !== null || cell.because.length + cell.missing.length + cell.unresolved.length > 0;
  // The statements that decide, as they do for one principal and one broker of a row.
  const explanationOf = (row, at) => {
    const wanted = new Set(row.who);
    const numbers = row.parts.map((part, number) => number).filter((number) => row.why[number]?.[at] !== null && row.why[number] !== undefined);
    const best = numbers.find((number) => wanted.has(row.parts[number][0])) ??
      numbers.find((number) => row.parts[number].some((principal) => wanted.has(principal))) ?? numbers[0];
    return best === undefined ? null : data.explanations[row.why[best][at]].map((line) => data.lines[line]);
  };
  const explanationNode = (row, at) => {
    const lines = explanationOf(row, at);
    if (lines === null) return el("p", { class: "muted" }, "mqwarden explain says which statements decide.");
    const more = row.who.length * row.which.length > 1;
    return el("div", { class: "explanation" },
      el("p", { class: "muted" }, more ? `For one of ${plural(row.who.length * row.which.length, "such cell")}; mqwarden explain says it of each:` : "Statement by statement:"),
      el("pre", {}, lines.join("\n")));
  };
  const notes = new Map();
  data.cells.forEach((cell, number) => { if (hasNote(cell)) notes.set(number, notes.size + 1); });

  // The matrix, filtered.
  const filters = ["principal", "broker", "operation", "verdict", "change"];
  const inputs = Object.fromEntries(filters.map((name) => [name, byId(`filter-${name}`)]));
  const searched = (party) => `${party.id}\n${party.name}\n${party.kind}\n${party.arn}`.toLowerCase();
  const texts = { principal: data.principals.map(searched), broker: data.brokers.map(searched) };
  const chosen = (kind) => {
    const words = inputs[kind].value.toLowerCase().split(/\s+/).filter(Boolean);
    return texts[kind].map((text) => words.every((word) => text.includes(word)));
  };
  const changeFits = (cell, wanted) => wanted === "changed" ? cell.change !== null
    : wanted === "same" ? cell.change === null : (cell.change ?? "").endsWith(wanted);
  const filtered = () => {
    const principals = chosen("principal"), brokers = chosen("broker");
    const [operation, verdict, change] = ["operation", "verdict", "change"].map((name) => inputs[name].value);
    const fits = (number, at) => {
      const cell = data.cells[number];
      return (!operation || OPERATIONS[at] === operation) && (!verdict || (cell.after ?? "none") === verdict) &&
        (!change || changeFits(cell, change));
    };
    const rows = [];
    for (const group of data.classes) {
      const who = group.principals.filter((number) => principals[number]);
      if (who.length === 0) continue;
      for (const { brokers: all, cells, why } of group.groups) {
        const fit = cells.map(fits);
        if (!fit.some(Boolean)) continue;
        const which = all.filter((number) => brokers[number]);
        if (which.length > 0) rows.push({ who, which, cells, fit, why, parts: group.parts });
      }
    }
    return rows;
  };
  const names = (parties, numbers) => {
    const item = (number) => el("li", {}, el("span", { class: "id" }, parties[number].id),
      el("span", { class: "kind" }, `${parties[number].kind}${parties[number].change === "no-op" ? "" : `, ${parties[number].change}`}`));
    const node = el("ul", { class: "names" }, ...numbers.slice(0, MOST_NAMES).map(item));
    const left = numbers.length - MOST_NAMES;
    if (left > 0) {
      const button = el("button", { type: "button", class: "link" }, `and ${left.toLocaleString("en")} more`);
      const last = el("li", {}, button);
      button.addEventListener("click", () => last.replaceWith(...numbers.slice(MOST_NAMES).map(item)));
      node.append(last);
    }
    return node;
  };
  const reasonRow = (row, at) => {
    const node = el("td", { colspan: 5 }, el("h3", {}, `${OPERATIONS[at]}: ${data.cells[row.cells[at]].after ?? "–"}`),
      ...because(data.cells[row.cells[at]]));
    const causes = new Set(data.changes.filter((change) => change.operations.includes(OPERATIONS[at]) &&
      change.principals.some((number) => row.who.includes(number)) && change.brokers.some((number) => row.which.includes(number)))
      .flatMap((change) => change.because));
    if (data.cells[row.cells[at]].change !== null && causes.size > 0) {
      node.append(el("p", {}, "It changes because:"), list([...causes].slice(0, 10).map((cause) => [cause, null])));
    }
    node.append(explanationNode(row, at));
    const who = new Set(row.who.map((number) => data.principals[number].id));
    const which = new Set(row.which.map((number) => data.brokers[number].id));
    const related = data.findings.map((finding, number) => ({ finding, number })).filter(({ finding }) =>
      who.has(finding.principal) && which.has(finding.broker) && (finding.operation === null || finding.operation === OPERATIONS[at]));
    if (related.length > 0) {
      node.append(el("p", {}, "Findings about it:"), el("ul", {}, ...related.slice(0, 10).map(({ finding, number }) =>
        el("li", {}, number < findings.childElementCount ? el("a", { href: `#finding-${number}` }, finding.message) : finding.message))));
    }
    return el("tr", { class: "why" }, node);
  };
  const cellNode = (row, at, line) => {
    const number = row.cells[at], cell = data.cells[number], after = cell.after ?? "none";
    const button = el("button", { type: "button", class: `verdict ${after}`, "aria-expanded": "false" }, cell.after ?? "–");
    button.addEventListener("click", () => {
      const was = button.getAttribute("aria-expanded") === "true";
      for (const open of line.querySelectorAll("[aria-expanded=true]")) open.setAttribute("aria-expanded", "false");
      if (line.nextElementSibling?.className === "why") line.nextElementSibling.remove();
      if (!was) {
        line.after(reasonRow(row, at));
        button.setAttribute("aria-expanded", "true");
      }
    });
    const node = el("td", { class: row.fit[at] ? "operation" : "operation faded" }, button);
    if (notes.has(number)) node.append(el("span", { class: "note" }, ` ${notes.get(number)}`));
    if (cell.missing.length > 0) node.append(el("span", { class: "lacks" }, `lacks ${plural(cell.missing.length, "action")}`));
    const way = (cell.change ?? "").endsWith("gain") ? "gained" : (cell.change ?? "").endsWith("loss") ? "lost" : "";
    if (cell.before !== null && cell.before !== cell.after) {
      node.append(el("span", { class: `was ${way}` }, `was ${cell.before}`));
    } else if (way === "gained") {
      node.append(el("span", { class: "was gained" }, "new"));
    }
    return node;
  };
  const rowNode = (row) => {
    const line = el("tr", {}, el("th", { scope: "row" }, names(data.principals, row.who)), el("td", {}, names(data.brokers, row.which)));
    line.append(...OPERATIONS.map((_, at) => cellNode(row, at, line)));
    return line;
  };
  const body = byId("rows"), more = byId("more");
  let rows = [], drawn = 0;
  const draw = (number) => {
    const next = rows.slice(drawn, drawn + number);
    body.append(...next.map(rowNode));
    drawn += next.length;
    more.hidden = drawn >= rows.length;
    more.textContent = `Show ${Math.min(PAGE, rows.length - drawn)} of ${plural(rows.length - drawn, "more row")}`;
  };
  const redraw = () => {
    rows = filtered();
    drawn = 0;
    body.replaceChildren();
    draw(PAGE);
    const cells = rows.reduce((sum, row) => sum + row.who.length * row.which.length * row.fit.filter(Boolean).length, 0);
    byId("count").textContent = `${plural(cells, "verdict")} in ${plural(rows.length, "row")}`;
    if (rows.length === 0) body.append(el("tr", {}, el("td", { colspan: 5, class: "empty" }, "Nothing fits the filters.")));
  };
  more.addEventListener("click", () => { const at = drawn; draw(PAGE); body.rows[at]?.querySelector("button")?.focus(); });

  // Filters are part of the address, so that a view can be passed on.
  const toAddress = () => {
    const set = new URLSearchParams(filters.filter((name) => inputs[name].value).map((name) => [name, inputs[name].value]));
    history.replaceState(null, "", `#${set}`);
  };
  const fromAddress = () => {
    const set = new URLSearchParams(location.hash.slice(1));
    if (!filters.some((name) => set.has(name))) return;
    for (const name of filters) inputs[name].value = set.get(name) ?? "";
    redraw();
  };
  let waiting = 0;
  byId("filters").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { toAddress(); redraw(); }, 80);
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(() => { toAddress(); redraw(); }));
  addEventListener("hashchange", fromAddress);
  if (data.changed_only) inputs.change.value = "changed";
  redraw();
  fromAddress();

  // On paper there is nothing to click: everything is drawn, and the reasons stand behind the matrix.
  const reasons = byId("reasons");
  const forPaper = () => {
    drawFindings(MOST_FINDINGS_PRINTED);
    if (drawn < rows.length) draw(MOST_PRINTED - drawn);
    if (drawn < rows.length) {
      reasons.append(el("p", {}, `${plural(rows.length - drawn, "row")} of the matrix are not printed; filters make it shorter.`));
    }
    const used = new Set(rows.slice(0, drawn).flatMap((row) => row.cells).filter((number) => notes.has(number)));
    for (const number of [...used].sort((a, b) => a - b)) {
      reasons.append(el("div", { class: "reason" }, el("h3", {}, `${notes.get(number)}: ${data.cells[number].after}`),
        ...because(data.cells[number])));
    }
    // Why somebody can do something, statement by statement, as long as it is not a book.
    const able = rows.slice(0, drawn).flatMap((row) => row.cells.map((number, at) => [row, at, data.cells[number].after]))
      .filter(([row, at, after]) => after !== null && after !== "denied" && explanationOf(row, at) !== null);
    for (const [row, at] of able.slice(0, MOST_EXPLAINED)) {
      reasons.append(el("div", { class: "explanation" }, el("pre", {}, explanationOf(row, at).join("\n"))));
    }
    if (able.length > MOST_EXPLAINED) reasons.append(el("p", {}, `${plural(able.length - MOST_EXPLAINED, "explanation")} are not printed; filters make it shorter.`));
    reasons.hidden = used.size === 0 && able.length === 0;
    for (const folded of document.querySelectorAll("details:not([open])")) { folded.open = true; folded.dataset.folded = ""; }
  };
  addEventListener("beforeprint", forPaper);
  addEventListener("afterprint", () => {
    reasons.replaceChildren(reasons.firstElementChild);
    for (const folded of document.querySelectorAll("details[data-folded]")) { folded.open = false; delete folded.dataset.folded; }
  });

  // The notes.
  if (data.notes.length > 0) {
    byId("notes").hidden = false;
    byId("notes").lastElementChild.append(...data.notes.map((note) => el("li", {}, note)));
  }

  // The graph: policies, who has them, and which brokers those reach.
  const SVG = "http://www.w3.org/2000/svg";
  const svg = (tag, attributes = {}, ...children) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const drawGraph = () => {
    const { policies, policy_links: policyLinks, member_links: memberLinks } = data.graph;
    const RANK = ["allowed", "conditional", "unknown"];
    const reach = new Map();
    // What a group can do, its members can do: their lines say it.
    const withMembers = new Set(memberLinks.map(([, group]) => group));
    for (const group of data.classes) {
      for (const { brokers, cells } of group.groups) {
        const best = cells.map((number) => RANK.indexOf(data.cells[number].after)).filter((rank) => rank >= 0).sort()[0];
        if (best === undefined) continue;
        for (const principal of group.principals.filter((number) => !withMembers.has(number))) {
          for (const broker of brokers) {
            if (reach.size > 20000) break;
            reach.set(`${principal} ${broker}`, [principal, broker, RANK[best]]);
          }
        }
      }
    }
    const isGroup = (number) => data.principals[number].kind === "group";
    const degree = new Map();
    const bump = (key) => degree.set(key, (degree.get(key) ?? 0) + 1);
    for (const [principal, policy] of policyLinks) { bump(`p${principal}`); bump(`d${policy}`); }
    for (const [user, group] of memberLinks) { bump(`p${user}`); bump(`p${group}`); }
    for (const [principal, broker] of reach.values()) { bump(`p${principal}`); bump(`b${broker}`); }
    const alive = (party) => party.change !== "delete";
    const numbers = (list, keep) => list.map((_, number) => number).filter(keep);
    const columns = [
      { title: "Policies", key: "d", all: numbers(policies, () => true), label: (n) => policies[n][0], sub: (n) => policies[n][1] },
      { title: "Groups", key: "p", all: numbers(data.principals, (n) => isGroup(n) && alive(data.principals[n])), label: (n) => data.principals[n].id, sub: () => "group" },
      { title: "Roles, users, permission sets", key: "p", all: numbers(data.principals, (n) => !isGroup(n) && alive(data.principals[n])), label: (n) => data.principals[n].id, sub: (n) => data.principals[n].kind.replace("_", " ") },
      { title: "Brokers", key: "b", all: numbers(data.brokers, (n) => alive(data.brokers[n])), label: (n) => data.brokers[n].id, sub: (n) => data.brokers[n].kind },
    ].filter((column) => column.all.length > 0);
    const WIDTH = 220, HEIGHT = 36, GAP = 10, TOP = 40;
    const across = columns.length > 1 ? (1180 - WIDTH) / (columns.length - 1) : 0;
    const places = new Map();
    const edges = [
      ...policyLinks.map(([principal, policy, how]) => [`d${policy}`, `p${principal}`, how]),
      ...memberLinks.map(([user, group]) => [`p${group}`, `p${user}`, "member"]),
      ...[...reach.values()].map(([principal, broker, verdict]) => [`p${principal}`, `b${broker}`, verdict]),
    ];
    let left = 0;
    columns.forEach((column, at) => {
      const kept = column.all.map((number) => [`${column.key}${number}`, number])
        .sort((a, b) => (degree.get(b[0]) ?? 0) - (degree.get(a[0]) ?? 0) || a[1] - b[1]).slice(0, MOST_NODES);
      left += column.all.length - kept.length;
      column.kept = kept.map(([key, number]) => ({ key, number, at }));
    });
    const keys = new Set(columns.flatMap((column) => column.kept.map((node) => node.key)));
    const drawnEdges = edges.filter(([from, to]) => keys.has(from) && keys.has(to));
    const beside = new Map();
    for (const [from, to] of drawnEdges) {
      if (!beside.has(from)) beside.set(from, []);
      if (!beside.has(to)) beside.set(to, []);
      beside.get(from).push(to);
      beside.get(to).push(from);
    }
    // Nodes near what they are linked to: a few sweeps over the columns.
    const order = new Map();
    for (const column of columns) column.kept.sort((a, b) => a.number - b.number).forEach((node, at) => order.set(node.key, at));
    for (let sweep = 0; sweep < 6; sweep += 1) {
      for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
        const middle = (node) => {
          const near = (beside.get(node.key) ?? []).map((key) => order.get(key));
          return near.length > 0 ? near.reduce((sum, at) => sum + at, 0) / near.length : order.get(node.key);
        };
        const ranked = column.kept.map((node) => [middle(node), node]).sort((a, b) => a[0] - b[0] || a[1].number - b[1].number);
        ranked.forEach(([, node], at) => order.set(node.key, at));
        column.kept = ranked.map(([, node]) => node);
      }
    }
    const tallest = Math.max(1, ...columns.map((column) => column.kept.length));
    const height = TOP + tallest * (HEIGHT + GAP) + 12;
    const picture = svg("svg", { viewBox: `0 0 1220 ${height}`, role: "img", "aria-label": "Policies, principals and brokers, and how they are linked" });
    const edgesNode = svg("g"), nodesNode = svg("g");
    columns.forEach((column, at) => {
      const x = 20 + at * across, space = (tallest - column.kept.length) * (HEIGHT + GAP) / 2;
      const title = svg("text", { x, y: 24, class: "title" });
      title.textContent = column.title;
      nodesNode.append(title);
      column.kept.forEach((node, row) => {
        const y = TOP + space + row * (HEIGHT + GAP);
        places.set(node.key, { x, y: y + HEIGHT / 2, at });
        const full = column.label(node.number), short = full.length > 29 ? `${full.slice(0, 12)}…${full.slice(-16)}` : full;
        const label = svg("text", { x: x + 10, y: y + 15 }), sub = svg("text", { x: x + 10, y: y + 28, class: "sub" }), tip = svg("title");
        label.textContent = short;
        sub.textContent = column.sub(node.number);
        tip.textContent = full;
        const box = svg("g", {}, tip, svg("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 6 }), label, sub);
        box.addEventListener("mouseenter", () => {
          for (const edge of edgesNode.children) edge.classList.toggle("faint", edge.dataset.from !== node.key && edge.dataset.to !== node.key);
        });
        box.addEventListener("mouseleave", () => { for (const edge of edgesNode.children) edge.classList.remove("faint"); });
        nodesNode.append(box);
      });
    });
    for (const [from, to, how] of drawnEdges) {
      const a = places.get(from), b = places.get(to), x = a.x + WIDTH, bend = Math.max(30, (b.x - x) / 2);
      const path = svg("path", { class: how, d: `M${x} ${a.y}C${x + bend} ${a.y} ${b.x - bend} ${b.y} ${b.x} ${b.y}` });
      const edge = svg("g", {}, path);
      edge.dataset.from = from;
      edge.dataset.to = to;
      edgesNode.append(edge);
    }
    picture.append(edgesNode, nodesNode);
    byId("graph").append(picture);
    byId("graph-about").textContent = "After apply. Lines from a policy lead to who has it (dotted: as permissions boundary), lines from a group to its " +
      "members, lines to a broker come from who can do anything with it: always (green), on a condition (dashed), or not known (dotted)." +
      (left > 0 ? ` ${plural(left, "node")} with the fewest links are not drawn.` : "");
  };
  if (data.principals.length > 0 || data.brokers.length > 0) drawGraph();
})();
