import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts", "test-results"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  a11y.flatConfigs.strict,
  hooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Event handlers and fire-and-forget mutations: errors are shown by the query client.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `() => mutate()` says no more with braces around it.
      "@typescript-eslint/no-confusing-void-expression": "off",
    },
  },
  // What a fixture gives is called `use` there, and has nothing to do with React.
  { files: ["tests/**"], rules: { "react-hooks/rules-of-hooks": "off" } },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["**/*.mjs", "public/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["CustomEvent", "HTMLElement", "URL", "URLSearchParams", "customElements", "document", "window"].map((name) => [
          name,
          "readonly",
        ]),
      ),
    },
  },
);
