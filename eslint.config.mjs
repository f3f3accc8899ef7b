import { defineConfig, globalIgnores } from "eslint/config";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** Which rooms a room may import from; the arrows of docs/development.md. */
const arrows = {
  model: [],
  agent: ["model"],
  components: ["model"],
  stacks: ["components"],
  rehearsal: ["model", "stacks"],
  lab: ["model"],
};
const rooms = Object.keys(arrows);
const zones = rooms.map((room) => ({
  target: `./${room}`,
  from: [...rooms.filter((other) => other !== room && !arrows[room].includes(other)), "test", "bench"].map(
    (r) => `./${r}`,
  ),
  message: `${room}/ may import from: ${arrows[room].join(", ") || "nothing"} (docs/development.md)`,
}));

export default defineConfig(
  globalIgnores(["**/*.js", "**/*.cjs", "**/*.d.ts", ".work/", "agent/bundle/", "lab/neumann/bin/"]),
  tseslint.configs.recommendedTypeChecked,
  {
    files: ["**/*.ts"],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      complexity: ["error", 10],
      "max-params": ["error", 4],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "import-x/no-restricted-paths": ["error", { zones }],
    },
  },
  {
    files: ["model/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["node:*", "!node:crypto", "@pulumi/*", "fs", "path"],
              message: "model/ is pure: no I/O, no Pulumi",
            },
          ],
        },
      ],
    },
  },
  { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
);
