// A textarea of HTML becomes an editor. The server decides what is kept: whatever is pasted goes
// through it first, and what is saved goes through it again. Without this file the textarea stays.

// Alignment is the one class that a text may carry.
const ALIGNED = {
  types: ["paragraph", "heading", "tableCell", "tableHeader"],
  attributes: {
    align: {
      default: null,
      parseHTML: (element) => ["text-center", "text-end"].find((name) => element.classList.contains(name)) ?? null,
      renderHTML: ({ align }) => (align ? { class: align } : {}),
    },
  },
};

const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

async function post(address, body) {
  body.append("csrf_token", token());
  const park = document.querySelector("input[name=for_park]");
  if (park) body.append("for_park", park.value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.message ?? said.detail ?? "");
  return said;
}

// A dialog inside of the form: it has no form of its own, so Enter means its main button.
function asked(dialog, { open, decide }) {
  const fault = dialog.querySelector("[data-fault]");
  const close = (value) => {
    dialog.returnValue = value;
    dialog.close();
  };
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    dialog.querySelector("[data-yes]").click();
  });
  // Not a value of the form around it: nothing is unsaved because somebody typed here.
  dialog.addEventListener("input", (event) => event.stopPropagation());
  dialog.querySelector("[data-no]").addEventListener("click", () => close(""));
  dialog.querySelector("[data-remove]")?.addEventListener("click", () => decide("remove", close, fault));
  dialog.querySelector("[data-yes]").addEventListener("click", () => decide("yes", close, fault));
  return (...given) => {
    fault.hidden = true;
    open(...given);
    dialog.showModal();
  };
}

function start(root, { Editor, StarterKit, Image, TableKit }) {
  const source = root.querySelector("textarea");
  const bar = root.querySelector(".editor-bar");
  const foot = root.querySelector(".editor-foot");
  const said = root.querySelector("[data-said]");
  const place = root.querySelector("[data-text]");
  const most = Number(root.dataset.most);
  let writing = false;

  const editor = new Editor({
    element: place,
    injectCSS: false,
    content: source.value,
    extensions: [
      StarterKit.extend({ addGlobalAttributes: () => [ALIGNED] }).configure({
        heading: { levels: [2, 3, 4] },
        link: { openOnClick: false, autolink: false, protocols: ["mailto", "tel"] },
      }),
      Image.configure({ inline: true }),
      TableKit.configure({ table: { resizable: false } }),
    ],
    editorProps: {
      attributes: {
        id: `${source.id}-text`,
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": document.querySelector(`label[for="${source.id}"]`)?.textContent.trim() ?? "",
        ...Object.fromEntries(
          ["aria-describedby", "aria-invalid", "aria-required"]
            .filter((name) => source.hasAttribute(name))
            .map((name) => [name, source.getAttribute(name)]),
        ),
      },
      // Before the editor's own hook, which parses the foreign HTML inside of the page first.
      handleDOMEvents: { paste: (_view, event) => taken(event.clipboardData, event) },
      handleDrop: (_view, event) => taken(event.dataTransfer, event),
    },
    onUpdate: () => {
      writing = true;
      source.value = editor.isEmpty ? "" : editor.getHTML();
      source.dispatchEvent(new Event("input", { bubbles: true }));
      writing = false;
      show();
    },
    onSelectionUpdate: () => show(),
  });

  function taken(data, event) {
    const html = data?.getData("text/html");
    const picture = [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));
    // A spreadsheet puts a picture beside its table: words are worth more than their picture.
    if (html && !event.target.closest?.("[data-pm-slice]") && !html.includes("data-pm-slice")) {
      event.preventDefault();
      paste(html, data.getData("text/plain"));
      return true;
    }
    if (picture) {
      event.preventDefault();
      askImage(picture);
      return true;
    }
    return false;
  }

  async function paste(html, plain) {
    const body = new FormData();
    body.append("html", html);
    try {
      const answer = await post(root.dataset.pasted, body);
      editor.chain().focus().insertContent(answer.html).run();
      said.textContent = answer.message;
    } catch (error) {
      // Words without their dress are better than nothing.
      const lines = plain.split(/\n+/).filter((line) => line.trim());
      const paragraphs = lines.map((line) => ({ type: "paragraph", content: [{ type: "text", text: line }] }));
      editor.chain().focus().insertContent(paragraphs).run();
      said.textContent = error.message || root.dataset.failed;
    }
  }

  const link = root.querySelector("[data-ask-link]");
  const address = link.querySelector("input");
  const askLink = asked(link, {
    open: () => {
      address.value = editor.getAttributes("link").href ?? "";
      link.querySelector("[data-remove]").hidden = !editor.isActive("link");
    },
    decide: (act, close, fault) => {
      const href = address.value.trim();
      if (act === "yes" && !/^(https?:\/\/[^\s/]|mailto:|tel:|\/(?![/\\]))/i.test(href)) {
        fault.hidden = false;
        address.focus();
        return;
      }
      close(act);
      const chain = editor.chain().focus().extendMarkRange("link");
      if (act === "remove") chain.unsetLink().run();
      else if (editor.state.selection.empty && !editor.isActive("link")) {
        chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
      } else chain.setLink({ href }).run();
    },
  });

  const image = root.querySelector("[data-ask-image]");
  const file = image.querySelector("input[type=file]");
  const alt = image.querySelector("input:not([type=file])");
  let pasted = null;
  let chosen = false;
  const askImage = asked(image, {
    open: (given = null) => {
      pasted = given;
      chosen = !given && editor.isActive("image");
      file.value = "";
      file.hidden = image.querySelector("[data-file-label]").hidden = chosen || Boolean(given);
      alt.value = chosen ? (editor.getAttributes("image").alt ?? "") : "";
    },
    decide: async (_act, close, fault) => {
      const upload = pasted ?? file.files[0];
      const words = alt.value.trim();
      const tell = (text) => {
        fault.textContent = text;
        fault.hidden = false;
      };
      if (!words || (!chosen && !upload)) return tell(fault.dataset.empty);
      if (chosen) {
        close("yes");
        return editor.chain().focus().updateAttributes("image", { alt: words }).run();
      }
      tell(root.dataset.uploading);
      try {
        const body = new FormData();
        body.append("file", upload);
        const answer = await post(root.dataset.pictures, body);
        close("yes");
        editor.chain().focus().setImage({ src: answer.url, alt: words }).run();
      } catch (error) {
        tell(error.message || root.dataset.failed);
      }
    },
  });

  const acts = {
    bold: (chain) => chain.toggleBold(),
    italic: (chain) => chain.toggleItalic(),
    heading2: (chain) => chain.toggleHeading({ level: 2 }),
    heading3: (chain) => chain.toggleHeading({ level: 3 }),
    bulletList: (chain) => chain.toggleBulletList(),
    orderedList: (chain) => chain.toggleOrderedList(),
    blockquote: (chain) => chain.toggleBlockquote(),
    table: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
    undo: (chain) => chain.undo(),
    redo: (chain) => chain.redo(),
    addRowAfter: (chain) => chain.addRowAfter(),
    deleteRow: (chain) => chain.deleteRow(),
    addColumnAfter: (chain) => chain.addColumnAfter(),
    deleteColumn: (chain) => chain.deleteColumn(),
    deleteTable: (chain) => chain.deleteTable(),
  };
  const marks = {
    bold: ["bold"],
    italic: ["italic"],
    heading2: ["heading", { level: 2 }],
    heading3: ["heading", { level: 3 }],
    bulletList: ["bulletList"],
    orderedList: ["orderedList"],
    blockquote: ["blockquote"],
    link: ["link"],
    image: ["image"],
  };
  const buttons = [...bar.querySelectorAll("[data-act]")];

  function show() {
    for (const button of buttons) {
      const { act } = button.dataset;
      if (marks[act]) button.setAttribute("aria-pressed", String(editor.isActive(...marks[act])));
      // Not "disabled": the focus would be lost with the last undo.
      else if (act === "undo" || act === "redo") {
        button.setAttribute("aria-disabled", String(!acts[act](editor.can().chain()).run()));
      }
    }
    bar.querySelector("[data-in-table]").hidden = !editor.isActive("table");
    const used = [...editor.getText({ blockSeparator: "" })].length;
    const counter = root.querySelector("[data-count]");
    counter.textContent = `${used} / ${most}`;
    counter.classList.toggle("over", used > most);
  }

  bar.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "link") askLink();
    else if (act === "image") askImage();
    else if (act) {
      editor.view.focus(); // at once: Tiptap's own focus comes a frame later, amid fast typing
      acts[act](editor.chain()).run();
    }
  });
  // One stop of the Tab key; arrows go from button to button.
  for (const [number, button] of buttons.entries()) button.tabIndex = number ? -1 : 0;
  bar.addEventListener("keydown", (event) => {
    const seen = buttons.filter((button) => button.offsetParent);
    const now = seen.indexOf(document.activeElement);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: seen.length - 1 }[event.key];
    if (to === undefined || now < 0) return;
    event.preventDefault();
    const next = seen.at(to % seen.length);
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
  place.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key !== "F10") return;
    event.preventDefault();
    buttons.find((button) => button.tabIndex === 0).focus();
  });
  // Focus that is meant for the field (its label, the list of errors) goes to what is seen of it.
  source.addEventListener("focus", () => editor.commands.focus());
  // A restored draft is written into the textarea.
  source.addEventListener("input", () => {
    if (!writing) editor.commands.setContent(source.value, { emitUpdate: false });
    show();
  });

  source.classList.add("replaced");
  source.tabIndex = -1;
  source.setAttribute("aria-hidden", "true");
  for (const part of [bar, foot, place]) part.hidden = false;
  show();
}

for (const root of document.querySelectorAll("[data-editor]")) {
  import(root.dataset.script).then((parts) => start(root, parts));
}
