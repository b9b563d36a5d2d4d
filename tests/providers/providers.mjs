// Lets a test call what providers publish on npm: a line of JSON on stdin is a call, with the name
// of a function below and its arguments; a line of JSON on stdout is what it gives, or why it fails.

import { createInterface } from "node:readline";
import { validateSignature } from "@line/bot-sdk";
import { sign, verify } from "@octokit/webhooks-methods";
import { verifyKey } from "discord-interactions";

const functions = { sign, verify, validateSignature, verifyKey };

for await (const line of createInterface({ input: process.stdin })) {
  const { name, args } = JSON.parse(line);
  let answer;
  try {
    answer = { gives: await functions[name](...args) };
  } catch (error) {
    answer = { fails: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
