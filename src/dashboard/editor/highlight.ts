/** Colours for the words of filters and handlers, whatever their language. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--text-soft)", fontStyle: "italic" },
  { tag: tags.propertyName, color: "var(--code-field)" },
  { tag: [tags.number, tags.bool, tags.string], color: "var(--code-number)" },
  { tag: tags.typeName, color: "var(--code-field)" },
  { tag: [tags.keyword, tags.controlKeyword], color: "var(--code-word)", fontWeight: "600" },
  { tag: tags.operator, color: "var(--text-soft)" },
]);

export const highlighting = syntaxHighlighting(colours);
