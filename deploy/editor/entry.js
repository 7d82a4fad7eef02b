// What the page's own editor.js needs of Tiptap; deploy/vendor.sh bundles it into one module.
export { Editor } from "@tiptap/core";
export { StarterKit } from "@tiptap/starter-kit";
export { Image } from "@tiptap/extension-image";
export { TableKit } from "@tiptap/extension-table";
