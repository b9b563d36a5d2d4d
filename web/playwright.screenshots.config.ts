import base from "./playwright.config";

// `make screenshots`: pictures of every screen, in every language and both themes.
export default { ...base, testDir: "./tests/screenshots", testMatch: "*.ts", workers: 1, timeout: 600_000 };
