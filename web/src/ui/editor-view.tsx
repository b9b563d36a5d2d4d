// CodeMirror, in a shadow root: there it may bring its style sheet as an object, which the strict
// content security policy allows, while a <style> element in the page would be refused.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { EditorLanguage } from "./editor";

interface Props {
  id: string;
  label: string;
  value: string;
  onChange: ((value: string) => void) | undefined;
  language: EditorLanguage;
  readOnly: boolean;
  error: string | null;
  errorLine: number | null;
}

/** Longer texts are neither coloured nor wrapped: both look at all of a line, which may be all of
    the text. */
const CALM_CHARS = 300_000;

const LANGUAGES: Record<EditorLanguage, () => Extension> = {
  json: () => json(),
  javascript: () => javascript(),
  text: () => [],
};

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.variableName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--warn)" },
  { tag: [tags.comment, tags.punctuation], color: "var(--muted)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

const looks = EditorView.theme({
  "&": { color: "var(--ink)", fontSize: "12px", maxHeight: "32rem", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace',
    lineHeight: "1.6",
  },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { background: "transparent", color: "var(--muted)", border: "none" },
  ".cm-activeLine": { background: "color-mix(in srgb, var(--accent) 6%, transparent)" },
  ".cm-line.cm-wrong": { background: "var(--bad-soft)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    background: "var(--accent-soft) !important",
  },
  "&.cm-focused .cm-matchingBracket": { background: "var(--accent-soft)" },
});

/** Where text replaces a selection of several lines, the browser's own editing would merge them with
    `style` attributes, which the content security policy refuses. */
const replacing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const isPlain = event.inputType === "insertText" && event.data !== null && !event.isComposing;
    if (!isPlain || view.state.readOnly || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

const wrong = Decoration.line({ class: "cm-wrong" });

export default function View({ id, label, value, onChange, language, readOnly, error, errorLine }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  const parts = useRef({ language: new Compartment(), access: new Compartment(), mark: new Compartment() });
  const isCalm = value.length > CALM_CHARS;

  useEffect(() => {
    changed.current = onChange;
  });

  // Made once: what changes later is told to it by the effects below.
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open", delegatesFocus: true });
    const { language, access, mark } = parts.current;
    const made = new EditorView({
      parent: root,
      root,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        indentOnInput(),
        replacing,
        keymap.of([...defaultKeymap, ...historyKeymap]),
        looks,
        syntaxHighlighting(colours),
        language.of([]),
        access.of([]),
        mark.of([]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed.current?.(update.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => {
      view.current = undefined;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const it = view.current;
    if (!it || it.state.doc.toString() === value) return;
    it.dispatch({ changes: { from: 0, to: it.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const extension = isCalm ? [] : [LANGUAGES[language](), EditorView.lineWrapping];
    view.current?.dispatch({ effects: parts.current.language.reconfigure(extension) });
  }, [language, isCalm]);

  useEffect(() => {
    // What is wrong is outside of the shadow root, where no id of the page is known.
    const names: Record<string, string> = { "aria-label": error ? `${label}: ${error}` : label };
    if (error) names["aria-invalid"] = "true";
    if (readOnly) names["aria-readonly"] = "true";
    view.current?.dispatch({
      effects: parts.current.access.reconfigure([
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of(names),
      ]),
    });
  }, [label, error, readOnly]);

  useEffect(() => {
    const it = view.current;
    if (!it) return;
    const line = errorLine && errorLine <= it.state.doc.lines ? it.state.doc.line(errorLine) : null;
    const marks = line ? EditorView.decorations.of(Decoration.set(wrong.range(line.from))) : [];
    it.dispatch({ effects: parts.current.mark.reconfigure(marks) });
  }, [errorLine, value]);

  return <div ref={host} id={id} className="min-w-0" />;
}
