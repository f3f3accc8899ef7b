import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Which rooms a room may import from; the arrows of docs/development.md. */
const arrows = {
  model: [],
  agent: ["model"],
  components: ["model"],
  stacks: ["components"],
  cli: ["model", "components"],
  rehearsal: ["model", "stacks", "cli"],
  lab: ["model"],
};
const rooms = [...Object.keys(arrows), "test", "bench"];

/** Refuses imports that lead out of a room into one that it may not know. */
function roomRule(room, allowed) {
  const closed = rooms.filter((other) => other !== room && !allowed.includes(other));
  const patterns = [
    {
      regex: `^(\\.\\./)+(${closed.join("|")})(/|$)`,
      message: `${room}/ may import from: ${allowed.join(", ") || "nothing"} (docs/development.md)`,
    },
  ];
  if (room === "model") {
    const group = ["node:*", "!node:crypto", "@pulumi/*", "fs", "path"];
    patterns.push({ group, message: "model/ is pure: no I/O, no Pulumi" });
  }
  return { files: [`${room}/**/*.ts`], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

export default defineConfig(
  globalIgnores(["**/*.js", "**/*.cjs", "**/*.d.ts", ".work/", "agent/bundle/", "lab/neumann/bin/"]),
  tseslint.configs.recommendedTypeChecked,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      complexity: ["error", 10],
      "max-params": ["error", 4],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  ...Object.entries(arrows).map(([room, allowed]) => roomRule(room, allowed)),
  { files: ["**/*.mjs", "**/*.mts"], extends: [tseslint.configs.disableTypeChecked] },
);
